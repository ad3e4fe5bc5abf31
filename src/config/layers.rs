//! The layers of the settings: flags over environment over file, as plain values by name.

use config::{Config, Environment, File, FileFormat, Map, Value};

use super::{BadSetting, ServerFlags};

/// Every setting there is, as the file names it.
const NAMES: &[&str] = &[
    "listen",
    "database",
    "public_url",
    "smtp",
    "mail_from",
    "data",
    "key",
    "key_file",
    "allow_hosts",
    "allow_loopback",
    "identity",
    "trusted_proxies",
    "client_certificate_header",
    "log_format",
    "log",
];
const PREFIX: &str = "COUNTERSIGN_";

/// The merged layers.
pub struct Layers {
    merged: Config,
    /// `COUNTERSIGN_*` names in the environment that are no setting.
    pub unknown: Vec<String>,
}

impl Layers {
    pub fn read(
        flags: &ServerFlags,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, BadSetting> {
        let mut ours: Map<String, String> = Map::new();
        let mut unknown = Vec::new();
        let mut file = flags.common.config.as_ref().map(|path| path.display().to_string());
        for (name, value) in environment {
            let Some(setting) = name.strip_prefix(PREFIX) else { continue };
            match setting.to_lowercase().as_str() {
                "config" => file = file.or(Some(value)),
                known if NAMES.contains(&known) => {
                    ours.insert(name, value);
                }
                _ => unknown.push(name),
            }
        }
        let mut builder = Config::builder();
        if let Some(path) = &file {
            builder = builder.add_source(read_file(path)?);
        }
        builder = builder.add_source(Environment::with_prefix("COUNTERSIGN").source(Some(ours)));
        for (name, value) in flag_values(flags) {
            builder = builder.set_override_option(name, value).map_err(|e| broken(&e))?;
        }
        Ok(Self { merged: builder.build().map_err(|e| broken(&e))?, unknown })
    }

    /// A setting as text; an empty one counts as absent.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, BadSetting> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.into_string().map_err(|_| BadSetting::bad(name, "a table", "a text"))?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// A setting as `parse` reads it.
    pub fn parsed<T>(
        &self,
        name: &'static str,
        parse: fn(&str) -> Result<T, BadSetting>,
    ) -> Result<Option<T>, BadSetting> {
        self.text(name)?.as_deref().map(parse).transpose()
    }

    /// A setting that is `true` or `false`.
    pub fn switch(&self, name: &'static str) -> Result<Option<bool>, BadSetting> {
        match self.text(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(BadSetting::bad(name, other, "true or false")),
        }
    }

    /// A list: an array in the file, or a text with commas.
    pub fn list(&self, name: &'static str) -> Result<Vec<String>, BadSetting> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        if let Ok(entries) = value.clone().into_array() {
            let text = |v: Value| {
                v.into_string().map_err(|_| BadSetting::bad(name, "a table", "a list of texts"))
            };
            return entries.into_iter().map(text).collect();
        }
        let text = self.text(name)?.unwrap_or_default();
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        Ok(entries.map(str::to_owned).collect())
    }

    fn value(&self, name: &str) -> Option<Value> {
        self.merged.get::<Value>(name).ok()
    }
}

fn flag_values(flags: &ServerFlags) -> [(&'static str, Option<String>); 5] {
    let data = flags.common.data.as_ref().map(|path| path.display().to_string());
    [
        ("data", data),
        ("database", flags.common.database.clone()),
        ("listen", flags.listen.clone()),
        ("public_url", flags.public_url.clone()),
        ("smtp", flags.smtp.clone()),
    ]
}

/// The file, read by us so that a missing one is named, and checked for names that are no setting.
fn read_file(path: &str) -> Result<Config, BadSetting> {
    let bad = |why: &str| {
        BadSetting::bad("config", &format!("{path}: {why}"), "a readable TOML file with settings")
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(&error.to_string()))?;
    let parsed = Config::builder().add_source(File::from_str(&text, FileFormat::Toml)).build();
    let parsed = parsed.map_err(|error| bad(&without_source(&error.to_string())))?;
    let table: Map<String, Value> =
        parsed.clone().try_deserialize().map_err(|error| bad(&error.to_string()))?;
    let mut strangers: Vec<&String> =
        table.keys().filter(|name| !NAMES.contains(&name.as_str())).collect();
    strangers.sort();
    match strangers.first() {
        Some(name) => Err(bad(&format!("`{name}` is no setting; there are {}", NAMES.join(", ")))),
        None => Ok(parsed),
    }
}

/// A parser's message without the lines it quotes from the file: they may hold a secret.
fn without_source(message: &str) -> String {
    let lines = message.lines().filter(|line| !line.contains('|'));
    lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": ")
}

fn broken(error: &config::ConfigError) -> BadSetting {
    BadSetting::bad("config", &without_source(&error.to_string()), "settings that can be merged")
}
