//! The settings: read once from a file, the environment and the flags, checked, then passed on.
//!
//! A flag wins over `COUNTERSIGN_*` in the environment, which wins over the TOML file. A setting
//! that is missing or bad stops the program with one line that names it: there is no silent
//! fallback. Nothing here opens a connection or keeps a secret printable.

mod layers;
mod parts;

use std::{
    fmt,
    fs::OpenOptions,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::base::{id::Entropy, secret::Secret, text::hex};
use layers::Layers;
use parts::log_filter;
pub use parts::{Database, LogFormat, MasterKey, Network, Smtp};

/// What the settings are read for: each asks for other settings and has other defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `demo`: everything has a default.
    Demo,
    /// `serve`: database, key and mail must be named.
    Serve,
    /// `init`, `migrate`, `audit`, `policy`, `import`: only the database must be known.
    Tool,
}

/// Settings given on the command line; the same words as in the file, with dashes.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// A TOML file with settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the embedded database and its key
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where the data is: sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// The further flags of `demo` and `serve`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ServerFlags {
    #[command(flatten)]
    pub common: Flags,
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// The address under which people and partners reach the server
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Where mail goes: smtp://[USER:PASSWORD@]HOST:PORT, smtps://.., or off
    #[arg(long, value_name = "URL")]
    pub smtp: Option<String>,
}

impl From<Flags> for ServerFlags {
    fn from(common: Flags) -> Self {
        Self { common, ..Self::default() }
    }
}

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub database: Database,
    /// Without a trailing slash. Absent only when listening on loopback: then the address that was
    /// really taken is the public one.
    pub public_url: Option<String>,
    /// Absent only in the demo, which then runs a mail sink of its own.
    pub smtp: Option<Smtp>,
    /// The sender of our mails; absent: `no-reply@` the host of the public address.
    pub mail_from: Option<String>,
    pub data: Option<PathBuf>,
    /// The master key; required for `serve`, made at the first start of a demo.
    pub key: Option<MasterKey>,
    /// Hosts that may be partners' endpoints although their addresses are private; lower case.
    pub allow_hosts: Vec<String>,
    /// Whether partners' endpoints may stand on loopback, over plain http as well.
    pub allow_loopback: bool,
    /// Who this server is to partners: the To of their requests, the Sender of ours.
    /// Domain and identity as in a cXML Credential.
    pub identity: (String, String),
    /// Proxies in front of the server; everybody's connections come from their addresses.
    pub trusted_proxies: Vec<Network>,
    /// The header in which those proxies hand on the client certificate of a TLS connection; lower
    /// case.
    pub client_certificate_header: Option<String>,
    pub log_format: LogFormat,
    /// A tracing filter: `info`, `countersign=debug,info`.
    pub log: String,
    /// Names in the environment that look like settings and are none; worth a warning.
    pub unknown: Vec<String>,
}

/// A setting is missing or bad; the text is one line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSetting {
    /// The name in the configuration file: `public_url`.
    pub setting: &'static str,
    /// What was got; never a secret.
    pub got: Option<String>,
    pub expected: String,
}

impl BadSetting {
    fn missing(setting: &'static str, expected: impl Into<String>) -> Self {
        Self { setting, got: None, expected: expected.into() }
    }

    fn bad(setting: &'static str, got: &str, expected: impl Into<String>) -> Self {
        let got = crate::base::text::shorten(&crate::base::text::one_line(got), 120);
        Self { setting, got: Some(got), expected: expected.into() }
    }
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.got {
            None => write!(f, "setting {}: missing", self.setting)?,
            Some(got) => write!(f, "setting {}: got \"{got}\"", self.setting)?,
        }
        write!(f, ", expected {}", self.expected)?;
        if self.got.is_none() {
            let variable = self.setting.to_uppercase();
            write!(f, " (COUNTERSIGN_{variable}, or {} in the file of --config)", self.setting)?;
        }
        Ok(())
    }
}

impl std::error::Error for BadSetting {}

/// The demo's folder when none is named.
pub const DEMO_DATA: &str = "./data/demo";
/// The D-U-N-S number of a server that was given no identity: the demo's.
const DEFAULT_DUNS: &str = "999999999";
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// The embedded database and the master key below the data folder.
const DATABASE_FILE: &str = "countersign.db";
const KEY_FILE: &str = "secret.key";

impl Settings {
    /// Reads and checks the settings. `environment` is the process's, given by the caller so that
    /// tests can give their own.
    pub fn load(
        purpose: Purpose,
        flags: &ServerFlags,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, BadSetting> {
        let layers = Layers::read(flags, environment)?;
        let data = match layers.text("data")? {
            Some(folder) => Some(PathBuf::from(folder)),
            None if purpose == Purpose::Demo => Some(PathBuf::from(DEMO_DATA)),
            None => None,
        };
        let listen = parts::listen(layers.text("listen")?.as_deref().unwrap_or(DEFAULT_LISTEN))?;
        let settings = Self {
            listen,
            database: database(&layers, data.as_deref())?,
            public_url: layers.parsed("public_url", parts::public_url)?,
            smtp: layers.parsed("smtp", Smtp::parse)?,
            mail_from: layers.parsed("mail_from", parts::mail_from)?,
            key: key(&layers, data.as_deref())?,
            data,
            allow_hosts: parts::hosts(&layers.list("allow_hosts")?)?,
            allow_loopback: layers.switch("allow_loopback")?.unwrap_or(purpose == Purpose::Demo),
            identity: layers
                .parsed("identity", parts::identity)?
                .unwrap_or_else(|| ("DUNS".to_owned(), DEFAULT_DUNS.to_owned())),
            trusted_proxies: networks(&layers)?,
            client_certificate_header: layers
                .parsed(parts::CERTIFICATE, parts::certificate_header)?,
            log_format: layers.parsed("log_format", LogFormat::parse)?.unwrap_or_default(),
            log: layers.parsed("log", log_filter)?.unwrap_or_else(|| "info".to_owned()),
            unknown: layers.unknown,
        };
        if let (Some(header), true) =
            (&settings.client_certificate_header, settings.trusted_proxies.is_empty())
        {
            let expected = "trusted_proxies beside it: nobody else is believed";
            return Err(BadSetting::bad(parts::CERTIFICATE, header, expected));
        }
        if purpose == Purpose::Serve {
            settings.complete()?;
        }
        Ok(settings)
    }

    /// The settings of this process: its environment, these flags.
    pub fn of_process(purpose: Purpose, flags: &ServerFlags) -> Result<Self, BadSetting> {
        let ours = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::load(purpose, flags, ours)
    }

    /// The master key, or the line that says how to give one.
    pub fn require_key(&self) -> Result<&MasterKey, BadSetting> {
        self.key.as_ref().ok_or_else(|| {
            BadSetting::missing("key", "32 bytes as 64 hexadecimal digits or in base64")
        })
    }

    /// The master key; made and written to the data folder (mode 0600) when there is none yet.
    /// For `demo` and `init --data`, which may make a key; a running `serve` never does.
    pub fn key_or_fresh(&mut self, entropy: &dyn Entropy) -> Result<MasterKey, BadSetting> {
        if let (None, Some(data)) = (&self.key, &self.data) {
            self.key = Some(fresh_key(data, entropy)?);
        }
        self.require_key().cloned()
    }

    /// The sender of our mails, given the public address in use.
    pub fn mail_sender(&self, public_url: &str) -> String {
        let host = url::Url::parse(public_url).ok().and_then(|url| url.domain().map(str::to_owned));
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        self.mail_from.clone().unwrap_or_else(|| format!("no-reply@{host}"))
    }

    /// What a real server needs beyond a well-formed rest.
    fn complete(&self) -> Result<(), BadSetting> {
        self.require_key()?;
        if self.smtp.is_none() {
            return Err(BadSetting::missing("smtp", parts::SMTP_FORM));
        }
        if self.public_url.is_none() && !self.listen.ip().is_loopback() {
            let expected = "the http(s) address under which people and partners reach this server";
            return Err(BadSetting::missing("public_url", expected));
        }
        Ok(())
    }
}

fn database(layers: &Layers, data: Option<&Path>) -> Result<Database, BadSetting> {
    match (layers.parsed("database", Database::parse)?, data) {
        (Some(named), _) => Ok(named),
        (None, Some(data)) => Ok(Database::Sqlite(data.join(DATABASE_FILE))),
        (None, None) => Err(BadSetting::missing("database", parts::DATABASE_FORM)),
    }
}

/// The key itself, else the file that is named, else the one beside the data when it is there.
fn key(layers: &Layers, data: Option<&Path>) -> Result<Option<MasterKey>, BadSetting> {
    if let Some(text) = layers.text("key")? {
        return MasterKey::parse(&text, "key").map(Some);
    }
    let named = layers.text("key_file")?.map(PathBuf::from);
    let path = match (&named, data) {
        (Some(path), _) => path.clone(),
        (None, Some(data)) if data.join(KEY_FILE).exists() => data.join(KEY_FILE),
        _ => return Ok(None),
    };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let got = format!("{}: {error}", path.display());
        BadSetting::bad("key_file", &got, "a readable file with the key")
    })?;
    MasterKey::parse(text.trim(), "key_file").map(Some)
}

fn fresh_key(data: &Path, entropy: &dyn Entropy) -> Result<MasterKey, BadSetting> {
    let failed = |error: std::io::Error| {
        let got = format!("{}: {error}", data.display());
        BadSetting::bad("data", &got, "a folder this process may write to")
    };
    let mut bytes = [0_u8; 32];
    entropy.fill(&mut bytes);
    std::fs::create_dir_all(data).map_err(failed)?;
    // Never over an existing file: a lost key makes every sealed secret unreadable.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(data.join(KEY_FILE)).map_err(failed)?;
    file.write_all(format!("{}\n", hex(&bytes)).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    Ok(MasterKey::of(bytes))
}

fn networks(layers: &Layers) -> Result<Vec<Network>, BadSetting> {
    layers.list("trusted_proxies")?.iter().map(|text| Network::parse(text)).collect()
}

/// The secret of a setting that must not be shown, for messages: its length only.
fn veiled(secret: &Secret) -> String {
    format!("{} characters, not shown", secret.expose().chars().count())
}

#[cfg(test)]
mod tests;
