//! The settings' own tests: precedence, defaults by purpose, and one clear line per fault.

use super::*;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("countersign-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.0.join(name), text).unwrap();
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::try_from(at).unwrap();
        }
    }
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let ours = pairs.iter().map(|(name, value)| (format!("COUNTERSIGN_{name}"), (*value).into()));
    ours.chain([("PATH".to_owned(), "/bin".to_owned())]).collect()
}

fn serve(pairs: &[(&str, &str)]) -> Result<Settings, BadSetting> {
    Settings::load(Purpose::Serve, &ServerFlags::default(), environment(pairs))
}

const WHOLE: &[(&str, &str)] =
    &[("DATABASE", "sqlite:x.db"), ("KEY", KEY), ("SMTP", "smtp://mail.example:25")];

fn serve_with(name: &str, value: &str) -> Result<Settings, BadSetting> {
    let mut pairs: Vec<_> = WHOLE.iter().copied().filter(|(known, _)| *known != name).collect();
    pairs.push((name, value));
    serve(&pairs)
}

#[test]
fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
    let folder = Folder::new("layers");
    let file = folder.file(
        "a.toml",
        "listen = \"127.0.0.1:1\"\ndatabase = \"sqlite:file.db\"\nsmtp = \"off\"\n\
         allow_hosts = [\"ERP.example\"]\nallow_loopback = true\nlog_format = \"json\"\n",
    );
    let flags = ServerFlags {
        common: Flags { config: Some(file), ..Flags::default() },
        listen: Some("127.0.0.1:3".into()),
        ..ServerFlags::default()
    };
    let ours = environment(&[("KEY", KEY), ("LISTEN", "127.0.0.1:2"), ("DATABASE", "sqlite:e.db")]);
    let settings = Settings::load(Purpose::Serve, &flags, ours).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.database, Database::Sqlite("e.db".into()));
    assert_eq!(settings.smtp, Some(Smtp::Off));
    assert_eq!(settings.allow_hosts, ["erp.example"]);
    for good in ["erp", "10.0.0.5", "::1", "[::1]", "a-b.example", "xn--mller-kva.example"] {
        assert!(parts::hosts(&[good.to_owned()]).is_ok(), "{good}");
    }
    for bad in ["http://x", "*", "*.example", "a b", "10.0.0.0/8", "erp.example:80", "", "10.0.0"] {
        let told = parts::hosts(&[bad.to_owned()]).unwrap_err().to_string();
        assert!(told.contains("allow_hosts"), "{told}");
    }
    assert!(settings.allow_loopback);
    assert_eq!(settings.log_format, LogFormat::Json);
}

#[test]
fn a_demo_needs_nothing_and_allows_loopback() {
    let flags = ServerFlags::default();
    let settings = Settings::load(Purpose::Demo, &flags, environment(&[])).unwrap();
    assert_eq!(settings.database, Database::Sqlite("./data/demo/countersign.db".into()));
    assert!(settings.allow_loopback && settings.smtp.is_none() && settings.key.is_none());
    assert_eq!(settings.listen.to_string(), DEFAULT_LISTEN);
}

#[test]
fn a_demo_makes_its_key_once_and_reads_it_again() {
    let folder = Folder::new("key");
    let data = folder.0.join("inner");
    let flags = ServerFlags::from(Flags { data: Some(data.clone()), ..Flags::default() });
    let mut first = Settings::load(Purpose::Demo, &flags, environment(&[])).unwrap();
    let key = first.key_or_fresh(&Counting).unwrap();
    assert_eq!(key, MasterKey::parse(KEY, "key").unwrap());
    let mode = std::fs::metadata(data.join("secret.key")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    let again = Settings::load(Purpose::Tool, &flags, environment(&[])).unwrap();
    assert_eq!(again.require_key().unwrap(), &key);
}

#[test]
fn a_missing_setting_of_a_server_is_named_in_one_line() {
    let line = |left_out: &str| {
        let pairs: Vec<_> = WHOLE.iter().copied().filter(|(name, _)| *name != left_out).collect();
        serve(&pairs).unwrap_err().to_string()
    };
    for (name, setting) in [("DATABASE", "database"), ("KEY", "key"), ("SMTP", "smtp")] {
        let line = line(name);
        assert!(line.starts_with(&format!("setting {setting}: missing, expected ")), "{line}");
        assert!(line.contains(&format!("COUNTERSIGN_{name}")), "{line}");
        assert!(!line.contains('\n'));
    }
    assert!(serve(WHOLE).is_ok());
    let open = serve_with("LISTEN", "0.0.0.0:80").unwrap_err();
    assert_eq!(open.setting, "public_url");
}

#[test]
fn a_bad_setting_is_named_with_what_was_got_and_expected() {
    for (name, value, setting) in [
        ("LISTEN", "8080", "listen"),
        ("LISTEN", "localhost", "listen"),
        ("DATABASE", "mysql://x/y", "database"),
        ("DATABASE", "postgres://host", "database"),
        ("DATABASE", "sqlite:", "database"),
        ("PUBLIC_URL", "buy.example", "public_url"),
        ("PUBLIC_URL", "https://buy.example/shop", "public_url"),
        ("PUBLIC_URL", "ftp://buy.example", "public_url"),
        ("SMTP", "mail.example:25", "smtp"),
        ("SMTP", "http://mail.example", "smtp"),
        ("MAIL_FROM", "nobody", "mail_from"),
        ("MAIL_FROM", "a@b@c", "mail_from"),
        ("MAIL_FROM", "a@b\r\nBcc: c@d", "mail_from"),
        ("KEY", "short", "key"),
        ("KEY_FILE", "/nowhere/at/all", "key_file"),
        ("ALLOW_LOOPBACK", "yes", "allow_loopback"),
        ("TRUSTED_PROXIES", "10.0.0.0/33", "trusted_proxies"),
        ("TRUSTED_PROXIES", "proxy", "trusted_proxies"),
        ("CLIENT_CERTIFICATE_HEADER", "X Client", "client_certificate_header"),
        ("CLIENT_CERTIFICATE_HEADER", "X-Client-Cert", "client_certificate_header"),
        ("IDENTITY", "999999999", "identity"),
        ("IDENTITY", "DUNS:", "identity"),
        ("LOG_FORMAT", "xml", "log_format"),
        ("LOG", "banana", "log"),
        ("LOG", "countersign=foo,,=", "log"),
        ("CONFIG", "/nowhere/at/all.toml", "config"),
    ] {
        let mut pairs: Vec<_> = WHOLE.to_vec();
        // A key given in full would hide the key file.
        pairs.retain(|(known, _)| *known != name && !(name == "KEY_FILE" && *known == "KEY"));
        pairs.push((name, value));
        let fault = serve(&pairs).err().unwrap_or_else(|| panic!("{name}={value} passed"));
        assert_eq!(fault.setting, setting, "{fault}");
        let line = fault.to_string();
        assert!(line.contains(", expected ") && line.contains("got \""), "{line}");
        assert!(!line.contains('\n'), "{line}");
    }
}

#[test]
fn a_file_with_a_strange_name_or_broken_text_is_refused_without_showing_it() {
    let folder = Folder::new("broken");
    for (text, says) in
        [("liten = 1\n", "`liten` is no setting"), ("key = s3cret\n", "line 1, column")]
    {
        let file = folder.file("a.toml", text);
        let fault = serve_with("CONFIG", &file.display().to_string()).unwrap_err().to_string();
        assert!(fault.starts_with("setting config: ") && fault.contains(says), "{fault}");
        assert!(!fault.contains('\n') && !fault.contains("s3cret"), "{fault}");
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let marker = "marker-7f3a";
    let settings = serve(&[
        ("DATABASE", "postgres://u:marker-7f3a@db.example/name"),
        ("KEY", KEY),
        ("SMTP", "smtps://u:marker-7f3a@mail.example"),
    ])
    .unwrap();
    let shown = format!("{settings:?} {}", settings.database);
    assert!(!shown.contains(marker) && !shown.contains("0001020304"), "{shown}");
    assert!(shown.contains("postgres://db.example/name"), "{shown}");
    for (name, value) in [
        ("KEY", "marker-7f3a"),
        ("SMTP", "http://u:marker-7f3a@mail.example"),
        ("DATABASE", "mysql://u:marker-7f3a@db/x"),
    ] {
        let line = serve_with(name, value).unwrap_err().to_string();
        assert!(!line.contains(marker), "{line}");
    }
}

#[test]
fn networks_hold_their_addresses_and_no_others() {
    let holds = |network: &str, address: &str| {
        Network::parse(network).unwrap().contains(address.parse().unwrap())
    };
    assert!(holds("10.0.0.0/8", "10.9.8.7") && !holds("10.0.0.0/8", "11.0.0.1"));
    assert!(holds("10.0.0.0/8", "::ffff:10.1.2.3") && holds("0.0.0.0/0", "1.2.3.4"));
    assert!(holds("::1", "::1") && !holds("::1", "::2") && !holds("::/0", "1.2.3.4"));
    assert!(holds("192.0.2.1", "192.0.2.1") && !holds("192.0.2.1", "192.0.2.2"));
}

#[test]
fn a_key_is_read_in_both_forms_and_an_unknown_variable_is_reported() {
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert_eq!(MasterKey::parse(base64, "key"), MasterKey::parse(KEY, "key"));
    let settings = serve_with("LITEN", "x").unwrap();
    assert_eq!(settings.unknown, ["COUNTERSIGN_LITEN"]);
    assert_eq!(settings.mail_sender("https://buy.example"), "no-reply@buy.example");
    assert_eq!(settings.mail_sender("http://127.0.0.1:1"), "no-reply@localhost");
}
