//! What the queue tells about itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use task_queue::{NewTask, Priority, TaskError};
use testkit::ENGINES;

use crate::world::{Act, Scripted, World, run_until_idle, task, tasks, tenant};

/// Keeps the figures of one thread, by name and labels.
#[derive(Default)]
struct Figures(Arc<Mutex<BTreeMap<String, f64>>>);

struct Figure(String, Arc<Mutex<BTreeMap<String, f64>>>);

impl Figure {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut figures = self.1.lock().unwrap();
        let value = figures.entry(self.0.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Figure {
    fn increment(&self, by: u64) {
        self.change(|value| value + by as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|_| value as f64);
    }
}

impl GaugeFn for Figure {
    fn increment(&self, by: f64) {
        self.change(|value| value + by);
    }

    fn decrement(&self, by: f64) {
        self.change(|value| value - by);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

/// Counts what was recorded.
impl HistogramFn for Figure {
    fn record(&self, _value: f64) {
        self.change(|value| value + 1.0);
    }
}

impl Figures {
    fn figure(&self, key: &Key) -> Arc<Figure> {
        let labels: Vec<&str> = key.labels().map(metrics::Label::value).collect();
        let name = [&[key.name()][..], &labels].concat().join(" ");
        Arc::new(Figure(name, self.0.clone()))
    }

    fn assert(&self, name: &str, value: f64) {
        let found = self.0.lock().unwrap().get(name).copied().unwrap_or(-1.0);
        assert!((found - value).abs() < 0.5, "{name} is {found}, not {value}");
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.figure(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.figure(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.figure(key))
    }
}

#[tokio::test]
async fn the_figures_follow_the_tasks_and_name_no_tenant() {
    for engine in ENGINES {
        let figures = Figures::default();
        let _guard = metrics::set_default_local_recorder(&figures);
        let world = World::on(engine).await;
        let handler = Scripted::new(Act::Succeed);
        let queue = world.worker_with(1, &handler);
        world.enqueue(&queue, tenant(1), tasks(0..3)).await;
        run_until_idle(&queue).await;
        handler.now(Act::Fail(TaskError::retry("busy")));
        world.enqueue(&queue, tenant(1), vec![task(3), NewTask { max_attempts: 1, ..task(4) }]).await;
        run_until_idle(&queue).await;
        for (name, value) in [
            ("litper_tasks_enqueued_total count", 5.0),
            ("litper_tasks_done_total count", 3.0),
            ("litper_tasks_failed_total count", 2.0),
            ("litper_tasks_dead_total count", 1.0),
            ("litper_tasks_run_seconds count", 5.0),
            ("litper_tasks_lost_total", 0.0),
        ] {
            figures.assert(name, value);
        }

        // A line that nobody works on is seen by the next worker that looks.
        for of in [2, 3] {
            let low = NewTask { priority: Priority::Low, ..task(5) };
            world.enqueue(&queue, tenant(of), vec![low.clone(), low]).await;
            world.pass(45);
        }
        handler.now(Act::Hang);
        queue.tick().await.unwrap();
        figures.assert("litper_tasks_oldest_waiting_seconds low", 90.0);
        figures.assert("litper_tasks_oldest_waiting_seconds high", 0.0);
        figures.assert("litper_tasks_waiting low", 4.0);

        // Its worker vanishes, and another one takes its tasks back.
        drop(queue);
        world.pass(700);
        run_until_idle(&world.worker_with(2, &Scripted::new(Act::Succeed))).await;
        figures.assert("litper_tasks_taken_back_total count", 5.0);
    }
}
