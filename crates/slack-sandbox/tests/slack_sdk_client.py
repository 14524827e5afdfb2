"""Reads a sandbox with Slack's own client and compares what it finds with what it should.

    slack_sdk_client.py URL TOKEN CHANNEL EXPECTED_JSON
"""
import json
import sys

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

url, token, channel, expected = sys.argv[1:]
client = WebClient(token=token, base_url=url)


def error_of(call, **arguments):
    try:
        call(**arguments)
    except SlackApiError as error:
        return error.response["error"]
    raise AssertionError(f"{call.__name__}({arguments}) went well")


me = client.auth_test()
assert me["user_id"].startswith("U") and me["team_id"].startswith("T"), me.data
assert "channels:history" in me.headers["x-oauth-scopes"]

# Two 429 answers, each with a Retry-After of a second, are waited out.
assert error_of(client.team_info) == "ratelimited"
client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
assert client.team_info()["team"]["id"] == me["team_id"]

ALL = "public_channel,private_channel,mpim,im"
found = dict(users=0, channels=0, history=0, replies=0, members=0, files=0)
for page in client.users_list(limit=7):
    assert len(page["members"]) <= 7
    found["users"] += len(page["members"])
assert len(client.users_list()["members"]) == found["users"]

channels = []
for page in client.conversations_list(types=ALL, limit=3):
    channels += page["channels"]
found["channels"] = len(channels)
assert all(not c.get("is_private") for c in client.conversations_list(limit=999)["channels"])

for each in channels:
    cid = each["id"]
    assert client.conversations_info(channel=cid)["channel"]["id"] == cid
    for page in client.conversations_members(channel=cid, limit=5):
        found["members"] += len(page["members"])
    stamps, parents = [], []
    for page in client.conversations_history(channel=cid, limit=17):
        stamps += [message["ts"] for message in page["messages"]]
        parents += [message for message in page["messages"] if message.get("reply_count")]
    assert stamps == sorted(set(stamps), reverse=True), cid
    found["history"] += len(stamps)
    if len(stamps) > 4:
        bounds = dict(channel=cid, latest=stamps[1], oldest=stamps[3])
        assert [m["ts"] for m in client.conversations_history(**bounds)["messages"]] == stamps[2:3]
        whole = client.conversations_history(**bounds, inclusive=True)["messages"]
        assert [m["ts"] for m in whole] == stamps[1:4]
    for parent in parents:
        replies = []
        for page in client.conversations_replies(channel=cid, ts=parent["ts"], limit=3):
            replies += page["messages"]
        assert replies[0]["ts"] == parent["ts"]
        assert len(replies) - 1 == parent["reply_count"] and replies[-1]["ts"] == parent["latest_reply"]
        found["replies"] += len(replies) - 1
        late = client.conversations_replies(channel=cid, ts=parent["ts"], oldest=parent["latest_reply"])
        assert [message["ts"] for message in late["messages"]] == [parent["ts"]]
    client.pins_list(channel=cid)
    client.bookmarks_list(channel_id=cid)

page, pages = 1, 1
while page <= pages:
    answer = client.files_list(count=4, page=page)
    found["files"] += len(answer["files"])
    page, pages = page + 1, answer["paging"]["pages"]

for group in client.usergroups_list(include_users=True)["usergroups"]:
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == group["users"]
assert "party-parrot" in client.emoji_list()["emoji"]
client.team_profile_get()

assert error_of(client.conversations_history, channel="C0NONE") == "channel_not_found"
assert error_of(client.conversations_history, channel="C0CLOSED") == "not_in_channel"
assert error_of(client.conversations_history, channel=channel, limit=5000) == "invalid_limit"
assert error_of(client.conversations_history, channel=channel, cursor="bmV4dDp4") == "invalid_cursor"
assert error_of(client.conversations_history, channel=channel, oldest="x") == "invalid_ts_oldest"
assert error_of(client.conversations_replies, channel=channel, ts="1.000001") == "thread_not_found"
assert error_of(client.files_info, file="F0NONE") == "file_not_found"
assert error_of(client.users_info, user="U0NONE") == "user_not_found"
assert error_of(client.reactions_get, channel=channel, timestamp="1000000000.000001") == "message_not_found"
assert error_of(client.api_call, api_method="no.such.method") == "unknown_method"
assert error_of(WebClient(token="xoxp-wrong", base_url=url).auth_test) == "invalid_auth"
assert error_of(WebClient(base_url=url).auth_test) == "not_authed"

assert found == json.loads(expected), (found, expected)
print(found)
