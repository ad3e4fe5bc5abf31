//! Passwords: Argon2id, one at a time, off the async threads.
//!
//! One hash takes 19 MiB and some 20 ms, so only one is computed at once and only so many callers
//! may wait for it. A password is never logged, stored or compared in any other way.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, PasswordHash, Salt},
};
use tokio::sync::Semaphore;

use crate::{
    app::{App, AppError},
    base::secret::same,
    domain::refusal::Refusal,
};

/// Memory in KiB, passes and lanes: the second choice of OWASP's password storage sheet.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of a hash.
const BYTES: usize = 32;
/// Blocks of 1 KiB from which on an allocation is mapped by itself: beyond 32 MiB with glibc.
const MAPPED: usize = 33 * 1_024;
/// Callers that may wait for their turn; at 20 ms each the last waits five seconds.
const MOST_WAITING: usize = 256;
/// Characters of a new password.
const FEWEST: usize = 12;
const MOST: usize = 200;

static TURN: Semaphore = Semaphore::const_new(1);
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// What the password of somebody unknown is compared with, so that it takes as long.
static NOBODYS: LazyLock<Option<String>> =
    LazyLock::new(|| hash_now("nobody has this password", &[7; 16]).ok());

/// Checks a new password before it is hashed.
pub fn check_new(password: &str, email: &str) -> Result<(), Refusal> {
    let count = password.chars().count();
    let fault = |message: &str, got: String| {
        Err(Refusal::invalid("weak-password", message)
            .field("password")
            .got(got)
            .expected(format!("{FEWEST} to {MOST} characters, not your e-mail address"))
            .mend("Choose a few words that only you would put together."))
    };
    if count < FEWEST {
        return fault("The password is too short.", format!("{count} characters"));
    }
    if count > MOST {
        return fault("The password is too long.", format!("{count} characters"));
    }
    let name = email.split('@').next().unwrap_or_default();
    let rest = password.to_lowercase().replace(name, "");
    let first = password.chars().next();
    if rest.chars().count() < FEWEST / 2 || password.chars().all(|c| Some(c) == first) {
        return fault("The password is easy to guess.", "not shown".to_owned());
    }
    Ok(())
}

/// The hash under which a password is stored.
pub async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    let mut salt = [0_u8; 16];
    app.entropy.fill(&mut salt);
    let password = password.to_owned();
    in_turn(move || hash_now(&password, &salt)).await?.map_err(AppError::internal)
}

/// Whether the password is the one that was hashed; without a hash it takes as long and is not.
pub async fn is_right(hash: Option<String>, password: &str) -> Result<bool, AppError> {
    // What nobody could have set is not worth hashing at its length.
    let fits = password.len() <= MOST * 4;
    let password = if fits { password.to_owned() } else { String::new() };
    in_turn(move || {
        let known = hash.is_some() && fits;
        let hash = hash.or_else(|| NOBODYS.clone()).unwrap_or_default();
        matches(&password, &hash).unwrap_or(false) && known
    })
    .await
}

/// Whether the password has this hash; compared in constant time.
fn matches(password: &str, hash: &str) -> Result<bool, argon2::password_hash::Error> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(stated)) = (&hash.salt, &hash.hash) else { return Ok(false) };
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::try_from(&hash)?);
    let own = output(&argon, password, salt)?;
    Ok(same(&own, stated.as_bytes()))
}

/// The 32 bytes that a password and a salt make.
///
/// The room for it is asked for at a size that the system's allocator always maps by itself and
/// gives back at once; at its plain size the 19 MiB stayed with the process for every thread that
/// ever checked a password (measured: 120 MiB after six logins). Only what is used is ever real.
fn output(
    argon: &Argon2<'_>,
    password: &str,
    salt: &[u8],
) -> Result<[u8; BYTES], argon2::password_hash::Error> {
    let blocks = argon.params().block_count();
    let mut room = Vec::with_capacity(blocks.max(MAPPED));
    room.resize(blocks, Block::default());
    let mut out = [0; BYTES];
    argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut room)?;
    Ok(out)
}

fn hasher() -> Result<Argon2<'static>, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str, salt: &[u8; 16]) -> Result<String, String> {
    let made = || -> Result<PasswordHash, argon2::password_hash::Error> {
        let argon = hasher()?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: argon.params().try_into()?,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(&output(&argon, password, salt)?)?),
        })
    };
    made().map(|hash| hash.to_string()).map_err(|fault| fault.to_string())
}

/// Counts one waiting caller for as long as it lives.
struct Waiting;

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::AcqRel);
    }
}

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let before = WAITING.fetch_add(1, Ordering::AcqRel);
    let _waiting = Waiting;
    if before >= MOST_WAITING {
        return Err(Refusal::unavailable("busy", "Too many people are signing in just now.")
            .mend("Try again in a few seconds.")
            .into());
    }
    let _turn = TURN.acquire().await.map_err(AppError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let hash = hash_now("a battery of horses", &[1; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_right(Some(hash.clone()), "a battery of horses").await.unwrap());
        assert!(!is_right(Some(hash), "a battery of horse").await.unwrap());
        assert!(!is_right(None, "nobody has this password").await.unwrap());
        assert!(!is_right(Some("broken".to_owned()), "x").await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        let check = |password: &str| check_new(password, "ed@acme.example").map_err(|r| r.message);
        assert!(check("three plain words").is_ok());
        assert!(check("elevenchars").unwrap_err().contains("short"));
        assert!(check(&"x".repeat(201)).unwrap_err().contains("long"));
        assert!(check("aaaaaaaaaaaaaaaa").unwrap_err().contains("guess"));
        assert!(check_new("ed-from-acme@x.example", "ed-from-acme@x.example").is_ok());
        assert!(check_new("longername12", "longername@x.example").is_err());
    }
}
