//! Floor 6: the demo world of `interfaces.md`, made once in an empty database.

pub mod cast;
pub mod world;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{
    app::{Actor, App, AppError, act, login::password, machine::MovableClock, setup},
    config::Smtp,
    http,
};

/// What the demo brings into the server it runs in.
#[derive(Default)]
pub struct Made {
    /// Routes below `/sim`.
    pub mount: Option<http::Mounted>,
    /// The mail sink of the demo.
    pub smtp: Option<Smtp>,
}

/// Makes the world when the database is empty, and starts the simulators.
pub async fn prepare(
    app: Arc<App>,
    _clock: Arc<MovableClock>,
    _history: u32,
    _stop: CancellationToken,
) -> Result<Made, AppError> {
    if setup::is_empty(&app).await? {
        let password_hash = password::hash(&app, "demo").await?;
        let simulators = app.site.public_url.replace("127.0.0.1", "localhost");
        let world = world::MakeWorld { password_hash, simulators };
        act(&app, &Actor::system("demo", None), world).await?;
    }
    Ok(Made::default())
}
