use crate::connect::SslMode;

/// What stands in the way of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsProblem {
    /// The server has no TLS.
    #[error("the server has none, and sslmode={mode} asks for it (set ssl=on there, or use sslmode=prefer)")]
    Missing {
        /// The mode.
        mode: SslMode,
    },
    /// Nobody who is trusted vouches for the server's certificate.
    #[error(
        "its certificate is signed by no authority of {roots} (give the certificate of \
         the one that signed it as sslrootcert=FILE)"
    )]
    Untrusted {
        /// The file of root certificates, or the system's store.
        roots: String,
    },
    /// The server's certificate is for other hosts.
    #[error(
        "its certificate is for {names}, not for {host} (connect by a name of its \
         subjectAltName, or check none with sslmode=verify-ca)"
    )]
    OtherName {
        /// The host that was asked for.
        host: String,
        /// The certificate's names.
        names: String,
    },
    /// The time of the server's certificate is over.
    #[error("its certificate has expired (renew it, and look at this machine's clock)")]
    Expired,
    /// The time of the server's certificate is still to come.
    #[error("its certificate is not valid yet (look at both machines' clocks)")]
    NotValidYet,
    /// The server's certificate cannot be used for another reason.
    #[error("its certificate cannot be used (want an X.509 version 3 certificate for a server)")]
    UnusableCertificate,
    /// Both sides do not come to terms.
    #[error("the handshake fails (does the server speak TLS 1.2 or 1.3?)")]
    Handshake,
}
