//! One running server: database, policies, HTTP and workers, from the settings to a graceful stop.
//!
//! The order is fixed: bind, migrate, open, prepare (the demo makes its world here), start the
//! workers, say `ready`, serve. After SIGTERM or ctrl-c open requests are finished, workers end,
//! the database is closed, all within ten seconds. Nothing here decides anything about purchasing.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{
        App, AppError, Policies, Site, Wake, audit,
        machine::{SystemClock, SystemEntropy},
        setup,
    },
    base::{secret::Keys, time::Clock},
    config::{BadSetting, Settings, Smtp},
    domain::party::Identity,
    http::{self, Listening},
    outbound::{
        self,
        client::{Client, ClientFault},
        mail::{BadSmtpUrl, Mailer},
        resolve::AddressRule,
    },
    store::{self, Store, StoreError},
    worker,
};

/// Everything must be over by then.
const STOP: Duration = Duration::from_secs(10);
/// What the workers get of it, after the last request.
const WORKERS_STOP: Duration = Duration::from_secs(1);

/// Why a server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error(
        "setting key: it does not open the secrets of this database; give the key they were sealed \
         with"
    )]
    OtherKey,
    #[error("setting listen: {address} cannot be taken: {fault}")]
    Listen { address: SocketAddr, fault: io::Error },
    #[error("setting smtp: {0}")]
    Smtp(#[from] BadSmtpUrl),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    App(#[from] AppError),
    #[error("{0}")]
    Client(#[from] ClientFault),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// What the demo made before the server accepts requests.
#[derive(Default)]
pub struct Prepared {
    /// Routes below `/sim`.
    pub mount: Option<http::Mounted>,
    /// The demo's own mail sink, when no mail server was named.
    pub smtp: Option<Smtp>,
}

/// Runs once, with the database migrated and the address taken, before anything is accepted.
pub type Prepare = Box<
    dyn FnOnce(Arc<App>, CancellationToken) -> BoxFuture<'static, Result<Prepared, AppError>>
        + Send,
>;

/// What makes a demo of a server.
pub struct Extra {
    /// Whether this is the demo: `Site::demo`.
    pub demo: bool,
    pub clock: Arc<dyn Clock>,
    pub prepare: Option<Prepare>,
}

/// What the key's mark is a digest of.
const KEY_MARK: &str = "the key of this database";

/// With another key every partner would be turned away and every link would lead nowhere, and
/// nobody would know why. The first key leaves its mark.
pub async fn need_own_key(app: &App) -> Result<(), ServeFault> {
    let (sealed, known) = {
        let mut conn = app.store.read().await?;
        let sealed = store::partner::newest_sealed(&mut conn).await?;
        (sealed, store::key_mark::get(&mut conn).await?)
    };
    let mark = app.keys.digest(KEY_MARK);
    if let Some((place, sealed)) = sealed
        && app.keys.unseal(&sealed, &place).is_err()
    {
        return Err(ServeFault::OtherKey);
    }
    match known {
        Some(known) if known != mark => Err(ServeFault::OtherKey),
        Some(_) => Ok(()),
        None => Ok(app.store.keep_key_mark(&mark).await?),
    }
}

/// Runs a server until it is told to stop.
pub async fn run(mut settings: Settings, extra: Extra) -> Result<(), ServeFault> {
    outbound::install_tls();
    http::metrics::install();
    warn_of(&settings);
    let key = match extra.demo {
        true => settings.key_or_fresh(&SystemEntropy)?,
        false => settings.require_key()?.clone(),
    };
    let address = settings.listen;
    let certificates = settings.client_certificate_header.clone();
    let proxies = (settings.trusted_proxies.clone(), certificates);
    let listening = Listening::at(address, proxies).await;
    let listening = listening.map_err(|fault| ServeFault::Listen { address, fault })?;
    let store = open(&settings).await?;
    let url = settings.database.url();
    let _alone = store.take_alone(url.expose(), extra.clock.now()).await?;
    let site = site(&settings, listening.address(), extra.demo);
    let app = Arc::new(App {
        store,
        clock: extra.clock,
        entropy: Arc::new(SystemEntropy),
        keys: Keys::derive(key.bytes()),
        policies: Policies::new()?,
        client: Client::new(site.addresses.clone())?,
        site,
        wake: Wake::default(),
    });
    need_own_key(&app).await?;
    let stop = CancellationToken::new();
    let prepared = match extra.prepare {
        Some(prepare) => prepare(Arc::clone(&app), stop.clone()).await?,
        None => Prepared::default(),
    };
    if setup::is_empty(&app).await? {
        tracing::warn!("there is no organisation yet; `countersign init` makes the first one");
    }
    let tools = tools(&settings, &app, prepared.smtp, &stop)?;
    serve(listening, app, tools, prepared.mount, stop).await
}

/// The app without a network, for commands that change the database while no server runs. A fresh
/// data folder gets a key.
pub async fn offline(mut settings: Settings) -> Result<Arc<App>, ServeFault> {
    let key = settings.key_or_fresh(&SystemEntropy)?;
    let store = open(&settings).await?;
    let site = site(&settings, settings.listen, false);
    Ok(Arc::new(App {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        keys: Keys::derive(key.bytes()),
        policies: Policies::new()?,
        client: Client::new(site.addresses.clone())?,
        site,
        wake: Wake::default(),
    }))
}

/// Serves until a signal, then stops within [`STOP`].
async fn serve(
    listening: Listening,
    app: Arc<App>,
    tools: worker::Tools,
    mount: Option<http::Mounted>,
    stop: CancellationToken,
) -> Result<(), ServeFault> {
    let address = listening.address();
    let workers = worker::start(Arc::new(tools));
    let serving = tokio::spawn(listening.serve(Arc::clone(&app), mount, stop.clone()));
    say_ready(address)?;
    let mut serving = told_to_stop(serving).await?;
    tracing::info!("stopping");
    stop.cancel();
    app.wake.all();
    let ended = timeout(STOP, async {
        let served = (&mut serving).await;
        let _ = timeout(WORKERS_STOP, workers.wait()).await;
        app.store.close().await;
        served
    })
    .await;
    match ended {
        Ok(served) => served.map_err(io::Error::other)??,
        Err(_) => tracing::warn!("stopped with work still open"),
    }
    tracing::info!("stopped");
    Ok(())
}

type Serving = JoinHandle<io::Result<()>>;

/// Waits for SIGTERM or ctrl-c; when the server ends by itself, that is a fault.
async fn told_to_stop(mut serving: Serving) -> Result<Serving, ServeFault> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(serving),
        signal = tokio::signal::ctrl_c() => signal.map(|()| serving).map_err(ServeFault::from),
        ended = &mut serving => {
            ended.map_err(io::Error::other)??;
            Err(io::Error::other("the HTTP server ended by itself").into())
        }
    }
}

fn warn_of(settings: &Settings) {
    for name in &settings.unknown {
        tracing::warn!(name, "this looks like a setting but is none");
    }
    match &settings.data {
        None => {
            let file = audit::heads::FILE;
            tracing::warn!(
                file,
                "setting data is not given: the heads of the audit trail are \
                not written to a file"
            );
        }
        Some(data) => {
            if let Err(fault) = std::fs::create_dir_all(data) {
                let folder = data.display();
                tracing::warn!(%folder, %fault, "the data folder cannot be made");
            }
        }
    }
}

/// Migrates and opens the database.
async fn open(settings: &Settings) -> Result<Store, ServeFault> {
    let url = settings.database.url();
    let migrated = store::migrate(url.expose()).await?;
    for name in &migrated.applied {
        tracing::info!(name, "migrated");
    }
    Ok(Store::open(url.expose()).await?)
}

/// What this server is to the outside. Without a public address the one really taken is it.
fn site(settings: &Settings, address: SocketAddr, demo: bool) -> Site {
    Site {
        public_url: settings.public_url.clone().unwrap_or_else(|| reachable(address)),
        identity: Identity::new(&settings.identity.0, &settings.identity.1),
        addresses: AddressRule {
            allow_loopback: settings.allow_loopback,
            allow_hosts: settings.allow_hosts.clone(),
            allow_http: settings.allow_loopback,
        },
        demo,
    }
}

/// The address under which this machine reaches the server.
fn reachable(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn tools(
    settings: &Settings,
    app: &Arc<App>,
    own_sink: Option<Smtp>,
    stop: &CancellationToken,
) -> Result<worker::Tools, ServeFault> {
    let mailer = match settings.smtp.as_ref().or(own_sink.as_ref()) {
        Some(Smtp::Server(url)) => Some(Mailer::new(url.expose())?),
        Some(Smtp::Off) | None => None,
    };
    Ok(worker::Tools {
        app: Arc::clone(app),
        client: app.client.clone(),
        mailer,
        mail_from: settings.mail_sender(&app.site.public_url),
        audit_heads: settings.data.as_ref().map(|data| data.join(audit::heads::FILE)),
        stop: stop.clone(),
    })
}

/// The one line on stdout that a script waits for.
fn say_ready(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "ready {}", reachable(address))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_line_names_an_address_this_machine_reaches() {
        let of = |text: &str| reachable(text.parse().unwrap());
        assert_eq!(of("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(of("127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(of("[::1]:1"), "http://[::1]:1");
    }
}
