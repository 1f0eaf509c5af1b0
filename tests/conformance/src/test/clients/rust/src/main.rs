//! The conformance function for AWS's Rust client.

use lambda_runtime::streaming::{channel, Body, Response};
use lambda_runtime::{run, service_fn, Error, FunctionResponse, LambdaEvent};
use serde_json::{json, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

static CALLS: AtomicU64 = AtomicU64::new(0);

async fn handle(event: LambdaEvent<Value>) -> Result<FunctionResponse<Value, Body>, Error> {
    let calls = CALLS.fetch_add(1, Ordering::SeqCst) + 1;
    let context = event.context;
    match event.payload["do"].as_str().unwrap_or("") {
        "error" => return Err("no good".into()),
        "exit" => std::process::exit(7),
        "hang" => tokio::time::sleep(Duration::from_secs(3600)).await,
        "large" => return Ok(FunctionResponse::BufferedResponse(json!("x".repeat(7_000_000)))),
        "stream" => {
            let (mut sender, body) = channel();
            tokio::spawn(async move {
                for _ in 0..300 {
                    if sender.send_data("stream ".repeat(100).into()).await.is_err() {
                        return;
                    }
                }
            });
            return Ok(FunctionResponse::StreamingResponse(Response::from(body)));
        }
        _ => {}
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as u64;
    Ok(FunctionResponse::BufferedResponse(json!({
        "echo": event.payload["value"],
        "requestId": context.request_id,
        "arn": context.invoked_function_arn,
        "function": context.env_config.function_name,
        "left": context.deadline > now,
        "calls": calls,
        "stage": std::env::var("STAGE").unwrap_or_default(),
        "trace": context.xray_trace_id.unwrap_or_default(),
        "custom": context.client_context.and_then(|c| c.custom.get("k").cloned()).unwrap_or_default(),
    })))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    if std::env::var("INIT").as_deref() == Ok("exit") {
        std::process::exit(3);
    }
    run(service_fn(handle)).await
}
