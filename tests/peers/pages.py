"""Makes up a batch of API pages: history, replies, lists, in the shapes that Slack's API answers with."""

import argparse
import datetime as dt
import json
import pathlib
import random

WORDS = (
    "the we a to is and in it for on that this with can you have not be are at deploy release build test staging "
    "customer ticket review merge branch rollback please thanks looks good tomorrow meeting notes draft numbers "
    "dashboard latency outage fixed again question about pricing docs link here morning coffee standup sprint plan "
    "caf\u00e9 na\u00efve it\u2019s don\u2019t \u00fcber \u4f1a\u8b70 \u0440\u0435\u043b\u0438\u0437 budget invoice "
    "query index table schema migration cluster node pod image cache queue worker retry timeout error stack trace"
).split()
EMOJI = [("+1", "1f44d"), ("tada", "1f389"), ("eyes", "1f440"), ("joy", "1f602"), ("heart", "2764-fe0f"), ("pray", "1f64f")]
START, DAYS = 1_640_995_200, 700
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def text_json(text):
    """Slack escapes slashes, and everything that is not ASCII."""
    return json.dumps(text).replace("/", "\\/")


class Maker:
    def __init__(self, root, seed, users, channels, per_page):
        self.root, self.rng, self.per_page = root, random.Random(seed), per_page
        ident = lambda prefix: prefix + "".join(self.rng.choices(ALPHABET, k=10))
        self.team = ident("T")
        self.users = [ident("U") for _ in range(users)]
        self.channels = sorted(ident("C") for _ in range(channels))
        self.bytes = self.messages = self.pages = 0
        # Texts are made once and drawn many times: making them anew would take longer than all the rest.
        self.texts = [self.make_text() for _ in range(20_000)]

    def make_text(self):
        """A text with the blocks that say the same."""
        rng, parts, shown = self.rng, [], []
        for _ in range(1 + int(rng.expovariate(0.8))):
            n_words = max(1, min(120, int(rng.lognormvariate(2.2, 0.9))))
            words = " ".join(rng.choices(WORDS, k=n_words)) + rng.choice(["", ".", "?", "!", ", \"quoted\",", "\n"])
            parts.append('{"type":"text","text":%s}' % text_json(words))
            shown.append(words)
            kind = rng.random()
            if kind < 0.12:
                user = rng.choice(self.users)
                parts.append('{"type":"user","user_id":"%s"}' % user)
                shown.append("<@%s>" % user)
            elif kind < 0.22:
                url = "https://example.org/%s/%d" % (rng.choice("abcdef"), rng.randrange(10**6))
                parts.append('{"type":"link","url":%s}' % text_json(url))
                shown.append("<%s>" % url)
            elif kind < 0.32:
                name, code = rng.choice(EMOJI)
                parts.append('{"type":"emoji","name":"%s","unicode":"%s"}' % (name, code))
                shown.append(":%s:" % name)
        block = "".join(rng.choices(ALPHABET, k=5))
        blocks = (
            '[{"type":"rich_text","block_id":"%s","elements":[{"type":"rich_text_section","elements":[%s]}]}]'
            % (block, ",".join(parts))
        )
        return text_json(" ".join(shown)), blocks

    def file(self, user, seconds):
        """A shared picture, with its many thumbnails."""
        ident = "F" + "".join(self.rng.choices(ALPHABET, k=10))
        base = "https:\\/\\/files.example.org\\/files-pri\\/%s-%s" % (self.team, ident)
        thumbs = ",".join(
            '"thumb_%d":"%s\\/image_%d.png","thumb_%d_w":%d,"thumb_%d_h":%d' % (s, base, s, s, s, s, s * 3 // 4)
            for s in (64, 80, 360, 480, 720, 800, 960, 1024)
        )
        return (
            '{"id":"%s","created":%d,"timestamp":%d,"name":"image.png","title":"image, %s","mimetype":"image\\/png",'
            '"filetype":"png","pretty_type":"PNG","user":"%s","user_team":"%s","editable":false,"size":%d,"mode":"hosted",'
            '"is_external":false,"external_type":"","is_public":true,"public_url_shared":false,"display_as_bot":false,'
            '"username":"","url_private":"%s\\/image.png","url_private_download":"%s\\/download\\/image.png",%s,'
            '"original_w":1920,"original_h":1440,"permalink":"%s","is_starred":false,"has_rich_preview":false,'
            '"file_access":"visible"}'
            % (ident, seconds, seconds, ident, user, self.team, self.rng.randrange(10**4, 10**7), base, base, thumbs, base)
        )

    def message(self, ts, extra=""):
        rng, user = self.rng, self.rng.choice(self.users[: 1 + int(len(self.users) * self.rng.random() ** 2)])
        text, blocks = rng.choice(self.texts)
        kind = rng.random()
        if kind < 0.03:
            return '{"subtype":"channel_join","user":"%s","text":"<@%s> has joined the channel","type":"message","ts":"%s"}' % (
                user, user, ts)
        if kind < 0.10:
            return (
                '{"subtype":"bot_message","text":%s,"username":"Build, bot","bot_id":"B%s","type":"message","ts":"%s",'
                '"attachments":[{"id":1,"color":"36a64f","fallback":%s,"text":%s,"mrkdwn_in":["text"]}]%s}'
                % (text, user[1:], ts, text, text, extra))
        if rng.random() < 0.06:
            extra += ',"edited":{"user":"%s","ts":"%s"}' % (user, ts[:-6] + "000000")
        if rng.random() < 0.12:
            reactions = []
            for name, _ in rng.sample(EMOJI, rng.choice((1, 1, 1, 2, 3))):
                who = rng.sample(self.users, 1 + min(8, int(rng.expovariate(0.6))))
                reactions.append('{"name":"%s","users":%s,"count":%d}' % (name, json.dumps(who, separators=(",", ":")), len(who)))
            extra += ',"reactions":[%s]' % ",".join(reactions)
        if rng.random() < 0.02:
            extra += ',"files":[%s],"upload":false,"display_as_bot":false' % self.file(user, int(ts[:10]))
        uuid = "%032x" % rng.getrandbits(128)
        return (
            '{"user":"%s","type":"message","ts":"%s","client_msg_id":"%s-%s-%s-%s-%s","text":%s,"team":"%s","blocks":%s%s}'
            % (user, ts, uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:], text, self.team, blocks, extra))

    def store(self, path, body):
        path = self.root / "api" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        body = body.encode()
        path.write_bytes(body)
        self.bytes, self.pages = self.bytes + len(body), self.pages + 1
        return len(body)

    def lists(self):
        users = [
            '{"id":"%s","team_id":"%s","name":"user.%d","deleted":false,"real_name":"User %d","tz":"Europe\\/Berlin",'
            '"tz_offset":3600,"profile":{"title":"","display_name":"user %d","email":"user.%d@example.org"},'
            '"is_admin":false,"is_owner":false,"is_bot":false,"updated":1640995200}' % (user, self.team, n, n, n, n)
            for n, user in enumerate(self.users)
        ]
        channels = [
            '{"id":"%s","name":"topic-%d","is_channel":true,"is_private":false,"created":1640995200,"creator":"%s",'
            '"is_archived":false,"is_general":false,"topic":{"value":""},"purpose":{"value":"topic, %d"},"num_members":9}'
            % (channel, n, self.users[0], n)
            for n, channel in enumerate(self.channels)
        ]
        last = '"response_metadata":{"next_cursor":""}}'
        self.store("users.list/00001.json", '{"ok":true,"members":[%s],%s' % (",".join(users), last))
        self.store("conversations.list/public_channel/00001.json", '{"ok":true,"channels":[%s],%s' % (",".join(channels), last))

    def channel(self, channel, target, with_threads):
        """Pages of one channel, newest message first, until they hold `target` bytes."""
        rng, written, n_page = self.rng, 0, 0
        seconds = START + DAYS * 86_400 + rng.randrange(10**6)
        while written < target:
            n_page += 1
            page = []
            n_here = max(1, min(self.per_page, (target - written) // 900))
            for _ in range(n_here):
                seconds -= 1 + int(rng.expovariate(1 / 40))
                ts = "%010d.%06d" % (seconds, rng.randrange(10**6))
                if with_threads and rng.random() < 0.05:
                    written += self.thread(channel, ts, page, seconds)
                else:
                    page.append(self.message(ts))
            self.messages += len(page)
            more = "false" if written + sum(map(len, page)) >= target else "true"
            cursor = "" if more == "false" else "bmV4dF90czox%d" % n_page
            body = '{"ok":true,"messages":[%s],"has_more":%s,"pin_count":0,"response_metadata":{"next_cursor":"%s"}}' % (
                ",".join(page), more, cursor)
            written += self.store("conversations.history/%s/%05d.json" % (channel, n_page), body)

    def thread(self, channel, ts, page, seconds):
        rng = self.rng
        n_replies = 1 + min(60, int(rng.expovariate(0.25)))
        replies, at = [], seconds
        for _ in range(n_replies):
            at += 1 + int(rng.expovariate(1 / 300))
            reply_ts = "%010d.%06d" % (at, rng.randrange(10**6))
            replies.append(self.message(reply_ts, ',"thread_ts":"%s","parent_user_id":"%s"' % (ts, self.users[0])))
        shown = ',"thread_ts":"%s","reply_count":%d,"reply_users_count":%d,"latest_reply":"%s","reply_users":["%s"],"is_locked":false,"subscribed":false' % (
            ts, n_replies, min(3, n_replies), reply_ts, self.users[0])
        parent = self.message(ts, shown)
        page.append(parent)
        self.messages += n_replies
        body = '{"ok":true,"messages":[%s],"has_more":false,"response_metadata":{"next_cursor":""}}' % ",".join([parent] + replies)
        return self.store("conversations.replies/%s/%s-00001.json" % (channel, ts), body)


def make(root, gigabytes, seed=7, users=3000, channels=400, per_page=999, with_threads=True):
    """Fills `root` with a batch's pages; returns what it made."""
    root = pathlib.Path(root)
    maker = Maker(root, seed, users, channels, per_page)
    maker.lists()
    # Zipf's law, and in no order that the channels' ids would know of.
    shares = [1 / (rank + 3) for rank in range(channels)]
    maker.rng.shuffle(shares)
    for channel, share in zip(maker.channels, shares):
        maker.channel(channel, int(gigabytes * 1e9 * share / sum(shares)), with_threads)
    batch = dt.datetime.fromtimestamp(START + (DAYS + 30) * 86_400, dt.timezone.utc)
    (root / "metadata").mkdir(exist_ok=True)
    (root / "metadata" / "metadata.csv").write_text(
        "key,value\nbatch,%s\nsource,api\nstatus,complete\nteam_id,%s\nteam_name,Made up\n" % (batch.strftime("%Y%m%d%H%M%S"), maker.team))
    return {"bytes": maker.bytes, "pages": maker.pages, "messages": maker.messages}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--channels", type=int, default=400)
    parser.add_argument("--no-threads", action="store_true", help="history pages alone")
    args = parser.parse_args()
    print(json.dumps(make(args.root, args.gb, args.seed, channels=args.channels, with_threads=not args.no_threads)))
