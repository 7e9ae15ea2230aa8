//! Faults of PostgreSQL and of the network to it.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::faults::Trial;
use super::proxy::Proxy;
use super::site::Server;
use super::work::{Load, wait};
use crate::postgres::Cluster;
use crate::shell::output;

/// How long a broken thing stays broken.
const BROKEN: Duration = Duration::from_secs(4);

/// What the database stands on; both servers of a pair, when there is one.
pub(crate) struct Ground<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) proxy: &'a Proxy,
}

/// A fault of the ground that a server under load stands on. It goes on by itself afterwards.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    make: fn(&Ground<'_>, &mut Server, &Load) -> Result<()>,
}

const fn fault(name: &'static str, make: fn(&Ground<'_>, &mut Server, &Load) -> Result<()>) -> Fault {
    Fault { name, make }
}

pub(crate) const FAULTS: [Fault; 10] = [
    fault("PostgreSQL restarts", |ground, _, _| {
        ground.cluster.stop("fast")?;
        ground.cluster.start_again()
    }),
    fault("PostgreSQL restarts after an immediate stop", |ground, _, _| {
        ground.cluster.stop("immediate")?;
        ground.cluster.start_again()
    }),
    fault("PostgreSQL away for 4 s", |ground, _, _| {
        ground.cluster.stop("fast")?;
        thread::sleep(BROKEN);
        ground.cluster.start_again()
    }),
    fault("kill -9 of PostgreSQL", |ground, _, _| {
        let pid = ground.cluster.pid()?;
        output(std::process::Command::new("kill").args(["-KILL", &pid.to_string()]))?;
        // Its children notice, and the memory they share must be free.
        wait(Duration::from_secs(30), || ground.cluster.start_again().map(|()| true))
    }),
    fault("every session of PostgreSQL ended", |ground, _, _| {
        ground
            .cluster
            .run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'litper'")
    }),
    fault("every connection cut", |ground, _, _| {
        ground.proxy.cut(false);
        Ok(())
    }),
    fault("connections refused for 4 s", |ground, _, _| {
        ground.proxy.cut(true);
        thread::sleep(BROKEN);
        ground.proxy.cut(false);
        Ok(())
    }),
    fault("a slow network, 40 ms each way", |ground, _, load| {
        ground.proxy.delay(Duration::from_millis(40));
        let slow = load.wait_for(12);
        ground.proxy.delay(Duration::ZERO);
        slow
    }),
    fault("a silent network for 4 s", |ground, _, _| {
        ground.proxy.silence(true);
        thread::sleep(BROKEN);
        ground.proxy.silence(false);
        Ok(())
    }),
    fault("connections go silent and never come back", |ground, _, _| {
        ground.proxy.abandon();
        Ok(())
    }),
];

/// Makes a fault under load and sees that the server goes on by itself.
pub(crate) fn make(fault: &Fault, ground: &Ground<'_>, trial: &mut Trial<'_>) -> Result<()> {
    let mut alive = true;
    trial.under_load(|server, load| {
        (fault.make)(ground, server, load)?;
        alive = server.is_alive();
        ensure!(alive, "the server died");
        load.wait_for(12).context("it does not go on")
    })
}

/// The server starts while PostgreSQL is not there, says so, and starts once it is.
pub(crate) fn away_at_start(ground: &Ground<'_>, trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, _| server.kill())?;
    ground.cluster.stop("fast")?;
    let mut server = trial.site.serve(&[])?;
    let refused = server.ready().is_err();
    drop(server);
    ground.cluster.start_again()?;
    ensure!(refused, "a server without its database says that it is ready");
    Ok(())
}

/// The first of two servers dies under load and the second takes its place.
pub(crate) fn failed_over(ground: &Ground<'_>, standby: &Cluster, trial: &mut Trial<'_>) -> Result<()> {
    trial.under_load(|server, load| {
        ground.cluster.stop("immediate")?;
        standby.promote()?;
        ground.proxy.lead_to(standby.port());
        ensure!(server.is_alive(), "the server died");
        load.wait_for(12).context("it does not go on with the other")
    })
}
