use serde_json::Value;
use sha2::Digest;
use slack_sandbox::{CommunityOptions, Sandbox, SandboxBuilder, Workspace};
use ureq::http::Response;
use ureq::{Agent, Body};

/// A small community.
pub(crate) fn workspace() -> Workspace {
    let mut options = CommunityOptions::default();
    (options.people, options.channels, options.messages) = (40, 6, 900);
    Workspace::generate(&options)
}

/// A sandbox of it, without rate limits unless `set_up` says so.
pub(crate) fn sandbox(set_up: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Sandbox {
    set_up(Sandbox::builder(workspace()).rate_limits(false)).start_blocking().expect("started")
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: String,
}

impl Client {
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::with_token(sandbox, sandbox.token())
    }

    pub(crate) fn with_token(sandbox: &Sandbox, token: &str) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        Self { agent, url: sandbox.url(), token: format!("Bearer {token}") }
    }

    pub(crate) fn get(&self, call: &str) -> Result<Response<Body>, ureq::Error> {
        self.agent.get(format!("{}/{call}", self.url)).header("Authorization", &self.token).call()
    }

    pub(crate) fn bytes(&self, call: &str) -> Vec<u8> {
        self.get(call)
            .expect("an answer")
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_vec()
            .expect("a body")
    }

    pub(crate) fn json(&self, call: &str) -> Value {
        serde_json::from_slice(&self.bytes(call)).expect("JSON")
    }

    pub(crate) fn file(&self, address: &str, range: Option<&str>) -> (u16, Vec<u8>) {
        let call = self.agent.get(address).header("Authorization", &self.token);
        let call = range.into_iter().fold(call, |call, range| call.header("Range", range));
        let mut answer = call.call().expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_vec().expect("a body"))
    }

    /// The bytes of a file, or why there are none.
    pub(crate) fn try_file(&self, address: &str) -> Result<Vec<u8>, ureq::Error> {
        self.agent.get(address).header("Authorization", &self.token).call()?.body_mut().read_to_vec()
    }

    /// The status of an address and where it sends on to, without going there.
    pub(crate) fn location(&self, address: &str) -> (u16, String) {
        let call = self.agent.get(address).header("Authorization", &self.token);
        let answer = call.config().max_redirects(0).build().call().expect("an answer");
        let location = answer.headers().get("location").expect("a location").to_str().expect("text");
        (answer.status().as_u16(), location.to_owned())
    }

    /// Posts a form to a path of the server, and returns the status and the body.
    pub(crate) fn post(&self, path: &str, form: &str) -> (u16, String) {
        let address = format!("{}{path}", self.url.trim_end_matches("/api"));
        let mut answer = self.agent.post(address).send(form).expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
    }
}
