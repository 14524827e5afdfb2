//! Files in the making: hosted by the sandbox, elsewhere, hidden or gone.

use super::activity::Scene;
use super::channels::Place;
use crate::dice::Dice;
use slack_model::Ts;

use crate::json::{Object, array, quote, raw, with_missing};
use crate::workspace::{Channel, ChannelKind, File, OWN_ADDRESS};

/// A shared file: what the message says of it, and what the list says if it does.
pub(super) struct Shared {
    pub(super) json: String,
    pub(super) listed: Option<File>,
}

const KINDS: [(&str, &str, &str); 5] = [
    ("png", "image/png", "Screenshot"),
    ("pdf", "application/pdf", "Minutes"),
    ("csv", "text/csv", "Figures"),
    ("zip", "application/zip", "Slides"),
    ("txt", "text/plain", "Notes – café"),
];

pub(super) fn attachment(
    scene: &Scene<'_>,
    place: &Place,
    author: usize,
    second: i64,
    dice: &mut Dice,
) -> Shared {
    let id = dice.id('F');
    let old = second < scene.span().at(scene.span().start, 0.2);
    let mode = match dice.unit() {
        roll if roll < 0.1 => "external",
        roll if roll < 0.15 => "tombstone",
        roll if roll < 0.4 && old => "hidden_by_limit",
        _ => "hosted",
    };
    if mode == "tombstone" || mode == "hidden_by_limit" {
        return Shared { json: Object::new().text("id", &id).text("mode", mode).end(), listed: None };
    }
    let (kind, mimetype, title) = *dice.pick(&KINDS);
    let name = format!("{title} {}.{kind}", 1 + dice.below(500));
    let safe_name = name.replace(' ', "_").to_lowercase();
    let size = 200 + dice.log_normal(8.0, 1.2).min(400_000.0) as u64;
    let user = &scene.community().people[author].id;
    let external = mode == "external";
    let address = format!("{OWN_ADDRESS}/files-pri/{}-{id}/{}", scene.team(), path_part(&safe_name));
    let json = Object::new()
        .text("id", &id)
        .value("created", second)
        .value("timestamp", second)
        .text("name", &name)
        .text("title", &name)
        .text("mimetype", mimetype)
        .text("filetype", kind)
        .text("pretty_type", &kind.to_uppercase())
        .text("user", user.as_str())
        .text("user_team", scene.team())
        .value("editable", false)
        .value("size", if external { 0 } else { size })
        .text("mode", mode)
        .value("is_external", external)
        .text("external_type", if external { "gdrive" } else { "" })
        .value("is_public", place.channel.kind == ChannelKind::Public)
        .value("public_url_shared", false)
        .text("url_private", if external { "https://drive.example.com/d/1" } else { &address })
        .when(!external, |file| file.text("url_private_download", &address))
        .text(
            "permalink",
            &format!("https://sandbox-community.slack.com/files/{user}/{id}/{}", path_part(&safe_name)),
        )
        .value("has_rich_preview", false)
        .text("file_access", "visible")
        .end();
    let listed = File {
        id: id.into(),
        name,
        user: Some(user.clone()),
        created: second,
        size: if external { 0 } else { size },
        mimetype: mimetype.into(),
        mode: mode.into(),
        places: Vec::new(),
        json: raw(json.clone()),
    };
    Shared { json, listed: Some(listed) }
}

impl File {
    /// Notes the message that shares it, in the record too.
    pub(super) fn share(&mut self, channel: &Channel, micros: i64) {
        let Some(ts) = Ts::from_micros(micros) else { return };
        self.places.push((channel.id.clone(), ts));
        let kind = channel.kind;
        let here = |wanted: bool| if wanted { array([quote(channel.id.as_str())]) } else { "[]".into() };
        let shares = |wanted: bool| {
            let share =
                array([Object::new().text("ts", &ts.to_string()).text("channel_name", &channel.name).end()]);
            Object::new().when(wanted, |shares| shares.raw(channel.id.as_str(), &share)).end()
        };
        let public = kind == ChannelKind::Public;
        let extra = [
            ("channels", here(public)),
            ("groups", here(matches!(kind, ChannelKind::Private | ChannelKind::GroupMessage))),
            ("ims", here(kind == ChannelKind::DirectMessage)),
            ("shares", Object::new().raw("public", &shares(public)).raw("private", &shares(!public)).end()),
        ];
        self.json = raw(with_missing(self.json.get(), &extra));
    }
}

/// A name as part of an address.
fn path_part(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes()).collect()
}
