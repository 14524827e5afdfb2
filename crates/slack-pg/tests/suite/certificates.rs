//! Certificates of the tests' own.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};

/// Who signs the certificates of servers.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A server's certificate and key, both PEM.
pub(crate) struct ServerCertificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// The years, each from its first day on, from and up to which a certificate is valid.
pub(crate) const VALID: (i32, i32) = (2020, 2120);

impl Authority {
    /// Makes one. All have the same name, so that only their keys tell them apart.
    pub(crate) fn new() -> Self {
        let mut parameters = parameters("Tests' authority", &[], VALID);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, key()).expect("signed"))
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> String {
        self.0.pem()
    }

    /// A certificate for hosts.
    pub(crate) fn server(&self, hosts: &[&str], valid: (i32, i32)) -> ServerCertificate {
        let key = key();
        let certificate = parameters("Tests' server", hosts, valid).signed_by(&key, &self.0).expect("signed");
        ServerCertificate { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// A certificate that vouches for itself, as `openssl req -x509` makes it.
pub(crate) fn self_signed(host: &str) -> ServerCertificate {
    let key = key();
    let mut parameters = parameters("Tests' server", &[host], VALID);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = parameters.self_signed(&key).expect("signed");
    ServerCertificate { certificate: certificate.pem(), key: key.serialize_pem() }
}

fn parameters(name: &str, hosts: &[&str], (from, until): (i32, i32)) -> CertificateParams {
    let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut parameters = CertificateParams::new(hosts).expect("names of hosts");
    parameters.distinguished_name.push(DnType::CommonName, name);
    (parameters.not_before, parameters.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
    parameters
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
