//! `link`: a one-time link to set a password, for whoever runs the server: the way in where no mail
//! goes out, or when the only admin is locked out.

use countersign::{
    app::{Actor, act, login},
    config::Flags,
    domain::party::Email,
    store,
};

use super::{Done, policies::open, say};

/// Makes a fresh link for the person and prints it; older links of the person stop working.
pub async fn link(flags: Flags, email: &str) -> Done {
    let email: Email = email.parse()?;
    let app = open(flags).await?;
    let found = store::person::by_email(&mut *app.store.read().await?, &email).await?;
    let Some(person) = found else {
        return Err(format!("there is nobody with the address {email}").into());
    };
    let actor = Actor::system("command-line", person.organisation());
    let made = act(&app, &actor, login::Invite { person: person.id }).await?;
    let link = login::link(&app, made.invite);
    app.store.close().await;
    say(format_args!("{email} can set a password within 72 hours, once the server runs:"))?;
    say(link)?;
    Ok(std::process::ExitCode::SUCCESS)
}
