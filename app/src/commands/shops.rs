//! Shops that send their orders, from the command line.

use std::io::IsTerminal;

use anyhow::bail;
use integrations::{Registered, Shop};
use serde_json::{Value, json};

use super::accounts::secret_from_stdin;
use super::{chosen_tenant, output, ready_platform};
use crate::Config;
use crate::cli::TenantArg;

/// The one shop system there is.
const SHOPIFY: &str = "shopify";

pub(crate) async fn add(config: &Config, tenant: TenantArg, domain: &str, json: bool) -> anyhow::Result<()> {
    if std::io::stdin().is_terminal() {
        bail!("the secret would be seen on the screen: send it in, as in `litper shop add {domain} < FILE`");
    }
    let secret = secret_from_stdin("secret")?;
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let registered = platform.webhooks.register_shop(tenant.id, SHOPIFY, domain, &secret).await?;
    let (shop, sentence) = match registered {
        Registered::Added(shop) => {
            let sentence = format!(
                "Registered {} for {}. It is pending until its first signed message comes to {}/webhooks/{}.",
                shop.domain, tenant.slug, config.public_url, shop.source,
            );
            (shop, sentence)
        }
        Registered::SecretReplaced(shop) => {
            let sentence = format!("{} has a new secret.", shop.domain);
            (shop, sentence)
        }
    };
    output::done(json, &sentence, &describe(&shop))
}

pub(crate) async fn list(config: &Config, tenant: TenantArg, json: bool) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    let shops = platform.webhooks.shops(tenant.id).await?;
    if json {
        let list: Vec<Value> = shops.iter().map(describe).collect();
        return output::text(&format!("{}\n", json!(list)));
    }
    let lines: Vec<String> =
        shops.iter().map(|shop| format!("{}\t{}\t{}\n", shop.domain, shop.source, status(shop))).collect();
    output::text(&lines.concat())
}

pub(crate) async fn remove(
    config: &Config,
    tenant: TenantArg,
    domain: &str,
    json: bool,
) -> anyhow::Result<()> {
    let platform = ready_platform(config).await?;
    let tenant = chosen_tenant(&platform, tenant.tenant.as_deref()).await?;
    if !platform.webhooks.release_shop(tenant.id, SHOPIFY, domain).await? {
        bail!("{} has no shop {domain}", tenant.slug);
    }
    output::done(json, &format!("Gave {domain} up."), &json!({ "domain": domain, "removed": true }))
}

fn status(shop: &Shop) -> &'static str {
    if shop.active { "active" } else { "pending" }
}

fn describe(shop: &Shop) -> Value {
    json!({
        "domain": shop.domain,
        "source": shop.source,
        "status": status(shop),
        "created_at": shop.created_at.to_string(),
        "activated_at": shop.activated_at.map(|at| at.to_string()),
        "previous_secret_until": shop.previous_secret_until.map(|at| at.to_string()),
    })
}
