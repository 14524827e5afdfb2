use super::channels::Place;
use super::people::Community;
use crate::dice::{Dice, Weights};
use crate::json::Object;

/// What a person writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
    French,
    Spanish,
    Portuguese,
    Russian,
    Arabic,
    Hindi,
    Chinese,
    Japanese,
}

const ENGLISH: [&str; 20] = [
    "Has anyone tried the new release yet?",
    "Thanks, that fixed it!",
    "I can help with that tomorrow.",
    "The meeting is at 10, the agenda is in the doc.",
    "Does this work on Windows too?",
    "Great write-up :clap:",
    "We should add a test for it.",
    "Could you share the error message, please?",
    "Welcome to the community! 🎉",
    "I don't think that's a bug: a &lt; b is expected here.",
    "Q&amp;A session on Friday, bring your questions.",
    "Let's move this to a thread.",
    "The docs need an example.",
    "I'd be happy to review.",
    "Congrats on the launch 🚀",
    "It took 3.14 s before and 0.5 s now, about 84% less.",
    "Sorry for the late answer.",
    "Who wants to speak in May?",
    "That makes sense, go ahead.",
    "See the \"notes\" section, C++ and Rust are both covered.",
];
const GERMAN: [&str; 6] = [
    "Hat das schon jemand ausprobiert?",
    "Danke, jetzt läuft es!",
    "Ich schaue es mir morgen an.",
    "Schöne Grüße aus Köln 👋",
    "Das müssen wir noch übersetzen.",
    "Könnt ihr die Folien teilen?",
];
const FRENCH: [&str; 5] = [
    "Est-ce que quelqu'un a déjà essayé ?",
    "Merci beaucoup, ça marche !",
    "Je m'en occupe demain.",
    "Bienvenue à toutes et à tous 🎉",
    "On se retrouve au café à 18 h.",
];
const SPANISH: [&str; 5] = [
    "¿Alguien lo ha probado ya?",
    "¡Muchas gracias, ya funciona!",
    "Mañana lo reviso.",
    "¡Bienvenidos a la comunidad! 🎉",
    "La reunión es a las diez, señor.",
];
const PORTUGUESE: [&str; 5] = [
    "Alguém já testou a versão nova?",
    "Obrigado, funcionou!",
    "Posso ajudar amanhã.",
    "Parabéns pelo lançamento 🚀",
    "A tradução está quase pronta.",
];
const RUSSIAN: [&str; 4] =
    ["Кто-нибудь уже пробовал?", "Спасибо, теперь работает!", "Посмотрю завтра.", "Всем привет 👋"];
const ARABIC: [&str; 4] = ["هل جرب أحد الإصدار الجديد؟", "شكرا جزيلا!", "سأراجعه غدا.", "مرحبا بالجميع 👋"];
const HINDI: [&str; 4] = ["क्या किसी ने इसे आज़माया है?", "बहुत धन्यवाद!", "मैं कल देखूँगा।", "सबको नमस्ते 🙏"];
const CHINESE: [&str; 4] = ["有人试过新版本吗？", "谢谢，问题解决了！", "我明天看一下。", "欢迎大家 🎉"];
const JAPANESE: [&str; 4] = [
    "新しいバージョンを試した人はいますか？",
    "ありがとうございます、直りました！",
    "明日確認します。",
    "はじめまして、東京から参加しています 👋",
];

type Names = (&'static [&'static str], &'static [&'static str]);

impl Language {
    /// First and last names, in the script of the language.
    pub(super) fn names(self) -> Names {
        match self {
            Self::English => (
                &["Noah", "Zoë", "Grace", "Olu", "Chidi", "Maya", "Liam", "Amara", "Ruth", "Sam"],
                &["O'Neil", "Smith-Jones", "Adeyemi", "Baker", "Okafor", "Walsh", "Patel", "Lee"],
            ),
            Self::German => (&["Jörg", "Anke", "Müge", "Lukas"], &["Müller", "Groß", "Öztürk", "Schäfer"]),
            Self::French => (&["Amélie", "Zoé", "François", "Léa"], &["Dubois", "Lefèvre", "N'Diaye"]),
            Self::Spanish => (&["José", "Lucía", "Ana", "Íñigo"], &["García", "Muñoz", "de la Cruz"]),
            Self::Portuguese => (&["João", "Conceição", "Inês"], &["Silva", "Araújo", "Gonçalves"]),
            Self::Russian => (&["Иван", "Ольга", "Дмитрий"], &["Петров", "Соколова", "Коваль"]),
            Self::Arabic => (&["فاطمة", "محمد", "ليلى"], &["حسن", "خان", "منصور"]),
            Self::Hindi => (&["प्रिया", "अर्जुन", "Priya", "Rahul"], &["शर्मा", "Rao", "वर्मा"]),
            Self::Chinese => (&["伟", "芳", "Wei"], &["李", "张", "Zhang"]),
            Self::Japanese => (&["由紀", "健", "Yuki"], &["田中", "佐藤", "Suzuki"]),
        }
    }

    fn sentences(self) -> &'static [&'static str] {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
            Self::French => &FRENCH,
            Self::Spanish => &SPANISH,
            Self::Portuguese => &PORTUGUESE,
            Self::Russian => &RUSSIAN,
            Self::Arabic => &ARABIC,
            Self::Hindi => &HINDI,
            Self::Chinese => &CHINESE,
            Self::Japanese => &JAPANESE,
        }
    }
}

/// The emoji that people react with, the commonest first.
const EMOJI: [&str; 18] = [
    "+1",
    "heart",
    "tada",
    "joy",
    "eyes",
    "100",
    "pray",
    "rocket",
    "raised_hands",
    "fire",
    "clap",
    "party-parrot",
    "wave",
    "+1::skin-tone-3",
    "white_check_mark",
    "raised_hands::skin-tone-5",
    "sandbox",
    "thinking_face",
];

/// The name of an emoji to react with.
pub(in crate::workspace) fn emoji(dice: &mut Dice) -> &'static str {
    let weights = Weights::zipf(EMOJI.len(), 1.1);
    EMOJI[dice.draw(&weights)]
}

/// The custom emoji, as `emoji.list` has them: an address or another name.
pub(super) fn custom_emoji() -> String {
    Object::new()
        .text("party-parrot", "https://emoji.example.org/party-parrot.gif")
        .text("sandbox", "https://emoji.example.org/sandbox.png")
        .text("parrot", "alias:party-parrot")
        .end()
}

/// A sentence or two of one language, for what is said later.
pub(in crate::workspace) fn small_talk(dice: &mut Dice) -> String {
    let language = language(dice);
    let sentences = (0..=dice.below(2)).map(|_| *dice.pick(language.sentences()));
    sentences.collect::<Vec<_>>().join(" ")
}

/// A first and a last name.
pub(in crate::workspace) fn name_of_somebody(dice: &mut Dice) -> (&'static str, &'static str) {
    let (first, last) = language(dice).names();
    (first[dice.below(first.len())], last[dice.below(last.len())])
}

/// English mostly.
fn language(dice: &mut Dice) -> Language {
    const OTHERS: [Language; 5] =
        [Language::German, Language::French, Language::Spanish, Language::Russian, Language::Japanese];
    if dice.chance(0.65) { Language::English } else { *dice.pick(&OTHERS) }
}

/// What a person says in a place: a few sentences, with mentions, links and code now and then.
pub(super) fn utterance(
    author: usize,
    place: &Place,
    places: &[(String, String)],
    community: &Community,
    dice: &mut Dice,
) -> String {
    let own = community.people[author].zone.language;
    let language = if dice.chance(0.65) { Language::English } else { own };
    let mut text = String::new();
    if dice.chance(0.12) {
        let mentioned = *dice.pick(&place.members);
        text.push_str(&format!("<@{}> ", community.people[mentioned].id));
    }
    if dice.chance(0.008) {
        text.push_str(if dice.chance(0.5) { "<!here> " } else { "<!channel> " });
    }
    for number in 0..=dice.below(3) {
        if number > 0 {
            text.push(if dice.chance(0.15) { '\n' } else { ' ' });
        }
        let sentence: &&str = dice.pick(language.sentences());
        text.push_str(sentence);
    }
    let page = dice.below(5000);
    let roll = dice.unit();
    if roll < 0.03 {
        text.push_str(&format!(" <https://example.org/p/{page}?a=1&amp;b=2|see \"page {page}\">"));
    } else if roll < 0.06 {
        text.push_str(&format!(" <https://blog.example.com/{page}>"));
    } else if roll < 0.065 {
        text.push_str(" <mailto:team@example.org|team@example.org>");
    } else if roll < 0.085 {
        let (id, name) = dice.pick(places);
        text.push_str(&format!(" in <#{id}|{name}>"));
    } else if roll < 0.095 {
        let group = dice.pick(&community.groups);
        text.push_str(&format!(" <!subteam^{}>", group.id));
    } else if roll < 0.115 {
        text.push_str(&format!("\n```let page = {page};\nassert!(page &lt; 5000 &amp;&amp; page != 0);```"));
    } else if roll < 0.13 {
        text = format!("&gt; {}\n{text}", dice.pick(&ENGLISH));
    } else if roll < 0.2 {
        text.push_str(&format!(" :{}:", emoji(dice)));
    }
    text
}
