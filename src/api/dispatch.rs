//! From the operation that a request asks for to the function that carries it out.

use super::Call;
use crate::route53::{Answer, ApiError, Code};

/// Carries out what a request asks for. It may wait for the disk.
pub fn dispatch(call: &Call<'_>) -> Result<Answer, ApiError> {
    call.permit(|_| None)?;
    // One arm an operation takes this one's place.
    let operation = call.asked.operation.name();
    Err(ApiError::new(Code::ServiceUnavailable, format!("{operation} is not served yet.")))
}
