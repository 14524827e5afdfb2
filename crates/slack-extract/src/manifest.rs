//! The manifest of a Slack app that may read what a capture asks for.

use serde_json::{Value, json};

use crate::scopes::needed_scopes;
use crate::sources::web_api::options::ApiOptions;
use crate::sources::web_api::token::TokenKind;

/// So many characters the name of an app may have.
pub const APP_NAME_LENGTH: usize = 35;

/// The manifest of an app with the scopes that a capture needs, and no more: JSON as Slack's page for a new app
/// takes it (<https://api.slack.com/apps?new_app=1>).
pub fn app_manifest(name: &str, options: &ApiOptions, kind: TokenKind) -> String {
    let scopes: Vec<&str> = needed_scopes(options).iter().map(|needed| needed.scope).collect();
    let mut manifest = json!({
        "_metadata": { "major_version": 1, "minor_version": 1 },
        "display_information": { "name": name, "description": DESCRIPTION },
        "settings": {
            "org_deploy_enabled": false,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false,
        },
    });
    match kind {
        TokenKind::User => manifest["oauth_config"] = json!({ "scopes": { "user": scopes } }),
        TokenKind::Bot => {
            manifest["features"] = json!({ "bot_user": { "display_name": name, "always_online": false } });
            manifest["oauth_config"] = json!({ "scopes": { "bot": scopes } });
        }
    }
    pretty(&manifest)
}

const DESCRIPTION: &str = "Keeps an archive of the workspace and measures it. Reads only; writes nothing.";

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::web_api::options::ChannelType;
    use crate::sources::web_api::options::Part;

    #[test]
    fn a_manifest_is_what_slack_takes() {
        let options = ApiOptions {
            types: vec![ChannelType::Public, ChannelType::Private],
            parts: vec![Part::Users, Part::Messages],
            ..ApiOptions::default()
        };
        assert_eq!(
            app_manifest("Archive", &options, TokenKind::User),
            r#"{
  "_metadata": {
    "major_version": 1,
    "minor_version": 1
  },
  "display_information": {
    "description": "Keeps an archive of the workspace and measures it. Reads only; writes nothing.",
    "name": "Archive"
  },
  "oauth_config": {
    "scopes": {
      "user": [
        "channels:history",
        "channels:read",
        "groups:history",
        "groups:read",
        "users:read",
        "users:read.email"
      ]
    }
  },
  "settings": {
    "org_deploy_enabled": false,
    "socket_mode_enabled": false,
    "token_rotation_enabled": false
  }
}"#
        );
    }

    #[test]
    fn a_bot_is_a_feature_with_scopes_of_its_own() {
        let manifest = app_manifest("Archive", &ApiOptions::default(), TokenKind::Bot);
        let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
        assert_eq!(manifest["features"]["bot_user"]["display_name"], "Archive");
        assert!(manifest["oauth_config"]["scopes"]["user"].is_null());
        assert_eq!(manifest["oauth_config"]["scopes"]["bot"].as_array().map(Vec::len), Some(12));
        assert!(DESCRIPTION.len() <= 140, "Slack takes no longer one");
    }
}
