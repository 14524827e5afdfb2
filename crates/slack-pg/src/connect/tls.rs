//! How a server's certificate is checked.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::options::{RootCertificates, SslMode};
use crate::error::{Error, Result};

/// The protocol's name in TLS, which a handshake without PostgreSQL's own request before it needs.
const ALPN: &[u8] = b"postgresql";

/// How much of TLS a connection wants.
#[derive(Debug, Clone)]
pub(super) struct Encryption {
    pub(super) mode: SslMode,
    pub(super) roots: Option<RootCertificates>,
}

/// What is looked at in a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Nothing,
    Authority,
    AuthorityAndName,
}

impl Encryption {
    /// Fits mode and root certificates together as libpq does.
    ///
    /// # Errors
    ///
    /// Anyone gets a certificate of the system's authorities, for a name of their own: with these, the name
    /// must be checked too. And `verify-ca` must be told the authority.
    pub(super) fn new(mode: Option<SslMode>, roots: Option<RootCertificates>) -> Result<Self> {
        let is_system = roots == Some(RootCertificates::System);
        let mode = mode.unwrap_or(if is_system { SslMode::VerifyFull } else { SslMode::Prefer });
        match (mode, &roots) {
            (SslMode::VerifyFull, None) => Ok(Self { mode, roots: Some(RootCertificates::System) }),
            (SslMode::VerifyFull, _) => Ok(Self { mode, roots }),
            (_, Some(RootCertificates::System)) => {
                Err(Error::WeakSslMode { mode, option: "sslrootcert=system", want: "verify-full" })
            }
            (SslMode::VerifyCa, None) => Err(Error::Parameter {
                name: "sslmode",
                advice: "verify-ca needs sslrootcert=FILE, the certificate of who signed the server's",
            }),
            _ => Ok(Self { mode, roots }),
        }
    }

    /// Whether a connection without TLS will do.
    pub(super) fn is_optional(&self) -> bool {
        matches!(self.mode, SslMode::Disable | SslMode::Allow | SslMode::Prefer)
    }

    /// What shakes hands with the server; `None` where TLS is not wanted.
    pub(super) fn connector(&self) -> Result<Option<MakeRustlsConnect>> {
        let check = match (self.mode, &self.roots) {
            (SslMode::Disable, _) => return Ok(None),
            // Who is content without TLS gains nothing from a certificate that is refused.
            (SslMode::Allow | SslMode::Prefer, _) | (SslMode::Require, None) => Check::Nothing,
            (SslMode::Require | SslMode::VerifyCa, _) => Check::Authority,
            (SslMode::VerifyFull, _) => Check::AuthorityAndName,
        };
        let certificates = match &self.roots {
            Some(roots) if check != Check::Nothing => read_roots(roots)?,
            _ => Vec::new(),
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.iter().cloned());
        let provider = rustls::crypto::ring::default_provider();
        let verifier =
            Verifier { check, roots, certificates, algorithms: provider.signature_verification_algorithms };
        client(provider, verifier).map(Some).map_err(|source| Error::TlsLibrary { source })
    }
}

fn client(provider: CryptoProvider, verifier: Verifier) -> Result<MakeRustlsConnect, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn read_roots(roots: &RootCertificates) -> Result<Vec<CertificateDer<'static>>> {
    let failed = |reason: String| Error::RootCertificates { place: roots.to_string(), reason };
    let certificates = match roots {
        RootCertificates::System => {
            // Some files of a store may be broken; what counts is whether one can trust anybody.
            let found = rustls_native_certs::load_native_certs();
            if let (true, Some(error)) = (found.certs.is_empty(), found.errors.first()) {
                return Err(failed(error.to_string()));
            }
            found.certs
        }
        RootCertificates::File(path) => {
            let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
            read.map_err(|error| match error {
                pem::Error::Io(error) => failed(error.to_string()),
                error => failed(format!("it is no PEM file: {error}")),
            })?
        }
    };
    if certificates.is_empty() {
        return Err(failed("it holds no certificate".into()));
    }
    Ok(certificates)
}

/// Checks as much of a certificate as the mode asks for, and always that the server has its key: on that
/// rests the channel binding of passwords.
#[derive(Debug)]
struct Verifier {
    check: Check,
    roots: RootCertStore,
    /// The same certificates as they stand in the file.
    certificates: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.check == Check::Nothing {
            return Ok(ServerCertVerified::assertion());
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let checked = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        );
        match checked {
            // `openssl req -x509` makes a certificate that is its own authority. Where it is itself what is
            // trusted, that is fine; its dates were looked at before.
            Err(rustls::Error::InvalidCertificate(problem))
                if is_own_authority(&problem) && self.certificates.contains(end_entity) => {}
            checked => checked?,
        }
        if self.check == Check::AuthorityAndName {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether a certificate was refused because it may sign others.
pub(super) fn is_own_authority(problem: &CertificateError) -> bool {
    match problem {
        CertificateError::Other(OtherError(cause)) => {
            matches!(cause.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
        }
        _ => false,
    }
}
