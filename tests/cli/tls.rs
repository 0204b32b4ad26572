//! A PostgreSQL that speaks TLS: it is spoken to by its right name and certificate alone.

#[cfg(feature = "postgres-tls")]
use super::own_postgres::{OwnPostgres, as_postgres, run};
use super::{jiayi, said};
#[cfg(feature = "postgres-tls")]
use super::{serve_with, status_of, terminate};
#[cfg(feature = "postgres-tls")]
use std::path::{Path, PathBuf};
#[cfg(feature = "postgres-tls")]
use std::process::Command;
use tempfile::TempDir;

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn a_build_without_tls_refuses_to_speak_in_the_clear() {
    let folder = TempDir::new().unwrap();
    for command in ["check", "migrate", "serve"] {
        let url = "postgres://jiayi@127.0.0.1:1/jiayi?sslmode=verify-full";
        let output = jiayi(folder.path()).arg(command).env("JIAYI_DATABASE_URL", url).output().unwrap();
        let why = said(&output).1;
        assert!(!output.status.success() && why.contains("cargo build --release --features postgres-tls"));
        assert!(why.contains("JIAYI_DATABASE_URL"), "{why}");
    }
}

/// A folder of certificates, that the server can read.
#[cfg(feature = "postgres-tls")]
struct Certificates(PathBuf);

#[cfg(feature = "postgres-tls")]
impl Certificates {
    /// An authority, `localhost` signed by it, and another authority.
    fn make(folder: PathBuf) -> Self {
        for authority in ["right", "wrong"] {
            openssl(
                &folder,
                &format!(
                    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem"
                ),
            );
        }
        openssl(
            &folder,
            "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
        );
        let names = folder.join("names");
        run(as_postgres(Path::new("sh")).args(["-c", "echo subjectAltName=DNS:localhost > $0"]).arg(&names));
        let certificates = Self(folder);
        certificates.sign("right");
        certificates
    }

    /// Has an authority sign `localhost`, in the place of who signed before.
    fn sign(&self, authority: &str) {
        openssl(
            &self.0,
            &format!(
                "x509 -req -days 2 -in server.csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial \
                 -extfile names -out server.pem"
            ),
        );
    }

    fn authority(&self, name: &str) -> String {
        self.0.join(name).with_extension("pem").display().to_string()
    }
}

#[cfg(feature = "postgres-tls")]
fn openssl(folder: &Path, arguments: &str) -> String {
    let command: &mut Command = &mut as_postgres(Path::new("openssl"));
    run(command.current_dir(folder).args(arguments.split(' ')))
}

/// A PostgreSQL that speaks TLS alone, with a certificate of the right authority.
#[cfg(feature = "postgres-tls")]
fn start_with_tls() -> (OwnPostgres, Certificates) {
    let postgres = OwnPostgres::new();
    let certificates = Certificates::make(postgres.data());
    let settings = "ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n";
    std::fs::write(postgres.data().join("postgresql.auto.conf"), settings).unwrap();
    std::fs::write(postgres.data().join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
    postgres.run();
    (postgres, certificates)
}

#[cfg(feature = "postgres-tls")]
#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test-tls"]
fn only_the_right_authority_and_the_right_name_are_spoken_to() {
    let (folder, (postgres, certificates)) = (TempDir::new().unwrap(), start_with_tls());
    let migrate = |host: &str, tls: &str| {
        let url = format!("{}?{tls}", postgres.url(host));
        let output = jiayi(folder.path()).arg("migrate").env("JIAYI_DATABASE_URL", url).output().unwrap();
        (output.status.success(), said(&output).1)
    };
    let by =
        |authority: &str| format!("sslmode=verify-full&sslrootcert={}", certificates.authority(authority));
    let (done, why) = migrate("localhost", &by("wrong"));
    assert!(!done && why.contains("certificate verify failed") && why.contains("sslrootcert"), "{why}");
    let (done, why) = migrate("127.0.0.1", &by("right"));
    assert!(
        !done && why.contains("does not match host name") && why.contains("the name that is in"),
        "{why}"
    );
    let (done, why) = migrate("localhost", "sslmode=disable");
    assert!(!done && why.contains("no encryption"), "the server takes TLS alone: {why}");
    let (done, why) = migrate("localhost", &by("right"));
    assert!(done, "{why}");
}

#[cfg(feature = "postgres-tls")]
#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test-tls"]
async fn a_file_of_authorities_that_was_renewed_is_read_by_the_next_connection() {
    let (folder, (postgres, certificates)) = (TempDir::new().unwrap(), start_with_tls());
    let file = folder.path().join("ca.pem");
    let renew = |authority: &str| std::fs::copy(certificates.authority(authority), &file).unwrap();
    renew("right");
    let url = format!("{}?sslmode=verify-full&sslrootcert={}", postgres.url("localhost"), file.display());
    let (mut server, address, log) = serve_with(folder.path(), &[("JIAYI_DATABASE_URL", &url)]);
    std::thread::spawn(move || log.for_each(drop));
    assert_eq!(status_of(&address, "/readyz").await, 200);
    certificates.sign("wrong");
    postgres.kill();
    postgres.run();
    // What was found a moment ago is answered for a moment longer.
    becomes(&address, 503).await;
    for _ in 0..10 {
        assert_eq!(status_of(&address, "/readyz").await, 503, "by the old authority");
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    renew("wrong");
    becomes(&address, 200).await;
    terminate(&server);
    server.wait().unwrap();
}

/// Returns when `/readyz` has this status.
#[cfg(feature = "postgres-tls")]
async fn becomes(address: &str, status: u16) {
    let waiting = async {
        while status_of(address, "/readyz").await != status {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waiting).await.expect("it stays otherwise");
}
