//! The report and the tables of a Slack workspace over HTTP, for reading only.
//!
//! [`Server`] answers with a [`Snapshot`]: a page, and the folders of the tables that it was made of. [`Current`] is what is
//! served at the moment; whoever makes a new snapshot puts it there. Tables are served as the catalogue allows: those that it
//! has, without their private columns, and with e-mail addresses masked.
//!
//! ```no_run
//! use slack_model::rows::TABLES;
//! use slack_serve::{Current, ServeOptions, Server, Snapshot};
//!
//! let current = Current::new(Snapshot::page("<p>hello</p>".into()));
//! let mut options = ServeOptions::new(([127, 0, 0, 1], 8787).into());
//! options.catalogue = TABLES.to_vec();
//! let runtime = tokio::runtime::Runtime::new()?;
//! let server = runtime.block_on(Server::bind(&options))?;
//! println!("{}", server.url());
//! runtime.block_on(server.run(current, std::future::pending()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod connections;
mod masked;
mod router;
mod snapshot;
mod stalling;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;

use slack_model::Schema;
use tokio::net::TcpListener;

use self::access::Access;
pub use self::snapshot::{Current, FolderStamp, Folders, Snapshot};

/// How to serve.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServeOptions {
    /// The address to listen on. One that other machines can reach needs a token.
    pub address: SocketAddr,
    /// What readers must know, at least 20 characters.
    pub token: Option<String>,
    /// Connections that are answered at a time; 256 by default.
    pub connections: NonZeroUsize,
    /// The tables that may be served; none by default.
    pub catalogue: Vec<Schema>,
}

impl ServeOptions {
    /// Serves on an address, nothing but the page.
    pub fn new(address: SocketAddr) -> Self {
        const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(256).expect("is not 0");
        Self { address, token: None, connections: CONNECTIONS, catalogue: Vec::new() }
    }

    /// Whether nobody could read who must not, without listening.
    ///
    /// # Errors
    ///
    /// [`Error::NoToken`] and [`Error::ShortToken`].
    pub fn check(&self) -> Result<(), Error> {
        if let Some(length) = self.token.as_ref().map(|token| token.chars().count())
            && length < SHORTEST_TOKEN
        {
            return Err(Error::ShortToken { length });
        }
        let address = self.address.ip();
        if !address.is_loopback() && self.token.is_none() {
            return Err(Error::NoToken { address });
        }
        Ok(())
    }
}

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The token can be guessed.
    #[error(
        "the token has {length} characters, which can be guessed: it must have at least {SHORTEST_TOKEN}"
    )]
    ShortToken {
        /// Its length, in characters.
        length: usize,
    },
    /// Other machines can reach the address, and there is no token.
    #[error("{address} can be reached by others: a token is needed")]
    NoToken {
        /// The address.
        address: IpAddr,
    },
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] io::Error),
}

/// A token of fewer characters can be tried out.
pub const SHORTEST_TOKEN: usize = 20;

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    access: Access,
    connections: NonZeroUsize,
    catalogue: Arc<[Schema]>,
}

impl Server {
    /// Begins to listen.
    ///
    /// # Errors
    ///
    /// As [`ServeOptions::check`], and [`Error::Listen`] where the address cannot be had.
    pub async fn bind(options: &ServeOptions) -> Result<Self, Error> {
        options.check()?;
        let listener = TcpListener::bind(options.address).await?;
        let address = listener.local_addr()?;
        let access = Access::new(address, options.token.clone());
        let catalogue = options.catalogue.clone().into();
        Ok(Self { listener, address, access, connections: options.connections, catalogue })
    }

    /// The address of the report.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers until `end` comes; answers that are under way then have two seconds.
    pub async fn run(self, current: Current, end: impl Future<Output = ()>) {
        let router = router::router(current, self.catalogue, self.access);
        connections::answer(self.listener, router, self.connections.get(), end).await;
    }
}
