//! Floor 6: the demo world of `interfaces.md`, made once in an empty database, and what stands
//! around it: simulators, a mailbox and a clock that a hand can move.

pub mod cast;
mod history;
mod home;
pub mod world;

use std::{net::SocketAddr, sync::Arc};

use tokio_util::sync::CancellationToken;

use crate::{
    app::{
        Actor, App, AppError, act,
        import::{self, Import},
        login::password,
        machine::MovableClock,
        setup,
    },
    base::secret::Secret,
    config::Smtp,
    http,
    sim::{self, Account, Cast, Hand, mail::MailSink},
};

use self::cast::{COMPANIES, PASSWORD, VENDORS};

/// What the demo brings into the server it runs in.
pub struct Made {
    /// Routes below `/sim`.
    pub mount: Option<http::Mounted>,
    /// The mail sink of the demo.
    pub smtp: Option<Smtp>,
}

/// Makes the world when the database is empty, and starts the simulators.
pub async fn prepare(
    app: Arc<App>,
    clock: Arc<MovableClock>,
    past: u32,
    stop: CancellationToken,
) -> Result<Made, AppError> {
    let simulators = app.site.public_url.replace("127.0.0.1", "localhost");
    let system = Actor::system("demo", None);
    if setup::is_empty(&app).await? {
        let password_hash = password::hash(&app, PASSWORD).await?;
        let world = world::MakeWorld { password_hash, simulators: simulators.clone() };
        act(&app, &system, world).await?;
    }
    fill_catalogues(&app, &system).await?;
    history::make(&app, past).await?;
    act(&app, &system, home::Move { simulators: simulators.clone() }).await?;
    let (sink, smtp) = start_mailbox(&app, stop).await?;
    let mount = sim::routes(cast(&app, simulators, sink, clock)).map_err(AppError::internal)?;
    Ok(Made { mount: Some(mount), smtp: Some(smtp) })
}

/// Imports the catalogues; a repeated import changes nothing, so a start that was cut off is mended
/// by the next one.
async fn fill_catalogues(app: &Arc<App>, system: &Actor) -> Result<(), AppError> {
    for vendor in VENDORS {
        if home::has_catalogue(app, vendor).await? {
            continue;
        }
        let file = Import {
            supplier: vendor.name.to_owned(),
            organisation: None,
            bytes: vendor.catalogue.as_bytes().to_vec(),
            dry_run: false,
        };
        let report = import::run(app, system, &file).await?;
        if report.faults > 0 {
            return Err(AppError::internal(format!("{}: {report:?}", vendor.name)));
        }
    }
    Ok(())
}

async fn start_mailbox(
    app: &Arc<App>,
    stop: CancellationToken,
) -> Result<(MailSink, Smtp), AppError> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let (sink, address) =
        MailSink::start(any, Arc::clone(&app.clock)).await.map_err(AppError::internal)?;
    let ending = sink.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        ending.stop().await;
    });
    Ok((sink, Smtp::Server(Secret::new(format!("smtp://{address}")))))
}

fn cast(app: &Arc<App>, here: String, mail: MailSink, clock: Arc<MovableClock>) -> Cast {
    let buyers = COMPANIES.iter().map(|company| Account {
        name: company.name.to_owned(),
        title: company.title.to_owned(),
        domain: company.identity.0.to_owned(),
        identity: company.identity.1.to_owned(),
        secret: Secret::new(company.secret),
        currency: company.currency.to_owned(),
    });
    let office_one = &VENDORS[0];
    let (woken, moved) = (Arc::clone(app), clock);
    let hand: Hand = Box::new(move |millis| {
        let now = moved.advance(millis);
        woken.wake.all();
        now
    });
    Cast {
        server: app.site.public_url.clone(),
        here,
        server_identity: (app.site.identity.domain.clone(), app.site.identity.identity.clone()),
        buyers: buyers.collect(),
        supplier: Account {
            name: office_one.name.to_owned(),
            title: office_one.title.to_owned(),
            domain: "DUNS".to_owned(),
            identity: office_one.duns.to_owned(),
            secret: Secret::new(office_one.secret),
            currency: "EUR".to_owned(),
        },
        clock: Arc::clone(&app.clock),
        mail: Some(mail),
        hand,
    }
}
