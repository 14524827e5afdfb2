//! What a command's exit code says.

use std::process::ExitCode;

use crate::failure::{Outcome, Result, chain, is_usage};
use crate::hint::hint;
use crate::printable::printable;
use crate::style::{ERROR, HINT, styled};

/// The exit code of a result, after saying what went wrong: 0 done, 1 failed, 2 usage, 3 done with gaps.
pub(crate) fn code(result: Result<Outcome>) -> ExitCode {
    let failure = match result {
        Ok(Outcome::Done) => return ExitCode::SUCCESS,
        Ok(Outcome::Gaps) => return ExitCode::from(3),
        Err(failure) => failure,
    };
    let mut chain = chain(&failure).into_iter();
    let first = chain.next().unwrap_or_default();
    anstream::eprintln!("{} {}", styled(ERROR, "error:"), printable(&first));
    chain.for_each(|cause| anstream::eprintln!("  because: {}", printable(&cause)));
    if let Some(hint) = hint(&failure) {
        anstream::eprintln!("{} {}", styled(HINT, "hint:"), printable(&hint));
    }
    if is_usage(&failure) { ExitCode::from(2) } else { ExitCode::FAILURE }
}
