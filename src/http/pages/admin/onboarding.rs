//! Connecting a procurement system step by step: who it is, what it is, where carts go back, its
//! secret, its trial, and going live. Every step is saved by itself and may be left at any time;
//! which is next is read off what is there, so nothing of the wizard is kept.

use poem::{Response, Result, Route, get, handler, web::Path};

use super::{
    need,
    partner_form::{dialect, identities},
    view::{Again, Table, View, lines, text},
};
use crate::{
    app::{
        AppError, act,
        conformance::{self, GoLive, Standing},
        party::{
            partner::{self, Begin, Edit, PartnerInput},
            secret::{self, NewSecret, Rotate},
        },
    },
    base::{id::PartnerId, words::words},
    domain::{party::Partner, profile::GENERIC, refusal::Refusal},
    http::{
        actor::{Posted, SignedIn},
        guard,
        part::{self as ui, Tone},
    },
};

mod step;

use step::{hosts_form, identity_form, live_step, secret_step, trial_step};

words! {
    /// A step of the wizard.
    Step {
        Identity = "identity",
        Profile = "profile",
        Hosts = "hosts",
        Secret = "secret",
        Trial = "trial",
        Live = "live",
    }
}

impl Step {
    const fn title(self) -> &'static str {
        match self {
            Self::Identity => "Who it is",
            Self::Profile => "Which system it is",
            Self::Hosts => "Where carts go back",
            Self::Secret => "The shared secret",
            Self::Trial => "Its trial",
            Self::Live => "Go live",
        }
    }

    fn next(self) -> Self {
        let after = Self::ALL.iter().skip_while(|step| **step != self).nth(1);
        after.copied().unwrap_or(Self::Live)
    }
}

const LIST: (&str, &str) = ("Procurement systems", "/admin/partners");
const NEW: &str = "/admin/partners/new";

/// Where one step of one connection is done.
fn path(id: PartnerId, step: Step) -> String {
    format!("/admin/partners/{id}/setup/{step}")
}

/// What is there of a connection.
struct Found {
    standing: Standing,
    has_secret: bool,
}

impl Found {
    async fn of(who: &SignedIn, id: PartnerId) -> Result<Self, AppError> {
        let mut reader = who.app.reader(&who.actor).await?;
        let has_secret = !secret::ages(&mut reader, id).await?.is_empty();
        Ok(Self { standing: conformance::standing(&mut reader, id).await?, has_secret })
    }

    fn partner(&self) -> &Partner {
        &self.standing.partner
    }

    /// Without an identity there is nothing that the suite could send to or be sent by.
    fn has_suite(&self) -> bool {
        !self.partner().identities.is_empty()
    }

    fn is_done(&self, step: Step) -> bool {
        let own = self.partner();
        match step {
            Step::Identity => true,
            Step::Profile => own.profile.name != GENERIC || self.is_done(Step::Hosts),
            Step::Hosts => !own.return_hosts.is_empty(),
            Step::Secret => self.has_secret,
            Step::Trial => {
                !self.has_suite() || self.standing.reports.first().is_some_and(|own| own.passed)
            }
            Step::Live => !self.standing.partner.is_held && self.has_secret,
        }
    }

    fn next(&self) -> Step {
        let open = Step::ALL.iter().find(|step| !self.is_done(**step));
        open.copied().unwrap_or(Step::Live)
    }
}

#[handler]
async fn h_new(who: SignedIn) -> Result<Response> {
    first_page(&who, None).await
}

/// The first step, before there is a connection.
async fn first_page(who: &SignedIn, again: Option<&Again>) -> Result<Response> {
    need(who, "partner", "create").await?;
    let view = View::new(who, "Connect a procurement system", again).await?.under(&[LIST]).narrow();
    let view = view.lead("Step 1 of 6. Each step is saved; you can go on at any time.");
    let form = identity_form(&view, (NEW, again), None);
    let all = super::button_to(who, "All on one page", "/admin/partners/new/all");
    view.form(form).action(all).answer(who)
}

#[handler]
async fn h_begin(Posted { who, form }: Posted) -> Result<Response> {
    match begin(&who, &form).await {
        Ok(saved) => Ok(who.go(&path(saved.partner, Step::Profile))),
        Err(fault) => first_page(&who, Some(&Again { form, refusal: fault.told() })).await,
    }
}

async fn begin(who: &SignedIn, form: &guard::Form) -> Result<partner::Saved, AppError> {
    let command = Begin {
        name: text(form, "name")?,
        identities: identities(form)?,
        oci_user: form.filled("oci_user")?.map(str::to_owned),
    };
    act(&who.app, &who.actor, command).await
}

fn id(text: &str) -> Result<PartnerId, AppError> {
    text.parse().map_err(|_| Refusal::not_found("partner").into())
}

#[handler]
async fn h_resume(who: SignedIn, Path(text): Path<String>) -> Result<Response> {
    let id = id(&text)?;
    let next = Found::of(&who, id).await?.next();
    Ok(who.go(&path(id, next)))
}

/// Which step of which connection a path means.
fn place((partner, step): &(String, String)) -> Result<(PartnerId, Step), AppError> {
    let step = step.parse().map_err(|_| AppError::from(Refusal::not_found("page")))?;
    Ok((id(partner)?, step))
}

#[handler]
async fn h_step(who: SignedIn, Path(at): Path<(String, String)>) -> Result<Response> {
    step_page(&who, place(&at)?, (None, None)).await
}

/// One step; with what was refused, or with the secret that was made this moment.
async fn step_page(
    who: &SignedIn,
    (id, step): (PartnerId, Step),
    (again, made): (Option<&Again>, Option<String>),
) -> Result<Response> {
    let found = Found::of(who, id).await?;
    let own = found.partner();
    let place = Step::ALL.iter().position(|one| *one == step).map_or(1, |at| at + 1);
    let view = View::new(who, &own.name, again).await?.under(&[LIST]).narrow();
    let view = view.lead(format!("Step {place} of {}: {}.", Step::ALL.len(), step.title()));
    let here = path(id, step);
    let go_on = || super::button_to(who, "Go on", &path(id, step.next()));
    let view = match step {
        Step::Identity => {
            let form = identity_form(&view, (&here, again), Some(own));
            view.form(form)
        }
        Step::Profile => {
            let faults = view.faults();
            let [system, overrides] = dialect(again, Some(own));
            let form = view.new_form(&here, "Save and go on").title(step.title());
            view.form(form.field(system.faults(&faults)).field(overrides.faults(&faults)))
        }
        Step::Hosts => {
            let form = hosts_form(&view, (&here, again), own);
            view.form(form)
        }
        Step::Secret => secret_step(view, &found, (&here, made)).action(go_on()),
        Step::Trial => trial_step(view, who, &found).action(go_on()),
        Step::Live => live_step(view, &found, &here),
    };
    let row = |one: &Step| {
        let state = match found.is_done(*one) {
            true => ui::toned("done", Tone::Good),
            false => ui::toned("to do", Tone::Warn),
        };
        vec![ui::link(&who.href(&path(id, *one)), one.title()), state]
    };
    let rows = Step::ALL.iter().map(row).collect();
    view.table(Table::new(&["Step", "State"], rows).title("All steps")).answer(who)
}

#[handler]
async fn h_save(
    Path(at): Path<(String, String)>,
    Posted { who, form }: Posted,
) -> Result<Response> {
    let (id, step) = place(&at)?;
    match save(&who, (id, step), &form).await {
        Ok(Some(secret)) => step_page(&who, (id, step), (None, Some(secret))).await,
        Ok(None) if step == Step::Live => Ok(who.go(&path(id, step))),
        Ok(None) => Ok(who.go(&path(id, step.next()))),
        Err(fault) => {
            let again = Again { form, refusal: fault.told() };
            step_page(&who, (id, step), (Some(&again), None)).await
        }
    }
}

/// Saves one step; the secret when one was made here.
async fn save(
    who: &SignedIn,
    (partner, step): (PartnerId, Step),
    form: &guard::Form,
) -> Result<Option<String>, AppError> {
    let found = Found::of(who, partner).await?;
    let mut input = PartnerInput::of(found.partner());
    match step {
        Step::Identity => {
            input.name = text(form, "name")?;
            input.identities = identities(form)?;
            input.oci_user = form.filled("oci_user")?.map(str::to_owned);
        }
        Step::Profile => {
            input.profile = text(form, "profile")?;
            input.profile_overrides = text(form, "profile_overrides")?;
            // As that system calls and wants them.
            input.cart_encoding = String::new();
            input.oci_fields = Default::default();
        }
        Step::Hosts => {
            input.return_hosts = lines(form, "return_hosts")?;
            input.frame_ancestors = lines(form, "frame_ancestors")?;
        }
        Step::Secret => {
            let new = NewSecret::given_or_fresh(&who.app, form.maybe("secret")?)?;
            let rotate = Rotate { partner, new: new.clone() };
            let stored = act(&who.app, &who.actor, rotate).await?;
            return Ok(new.shown_once(&who.app, &stored));
        }
        Step::Trial => return Ok(None),
        Step::Live => {
            act(&who.app, &who.actor, GoLive { partner }).await?;
            return Ok(None);
        }
    }
    act(&who.app, &who.actor, Edit { partner, input }).await?;
    Ok(None)
}

pub(super) fn add(route: Route) -> Route {
    route
        .at(NEW, get(h_new).post(h_begin))
        .at("/admin/partners/:id/setup", get(h_resume))
        .at("/admin/partners/:id/setup/:step", get(h_step).post(h_save))
}
