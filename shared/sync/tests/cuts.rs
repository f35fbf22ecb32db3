//! Whatever the order of steps, writes, cuts and new sessions: in the end everything is everywhere
//! it belongs, once.

mod world;

use keng_sync::session::client::Mode;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use world::{STEPS, Step, World};

const NODES: u8 = 3;

#[derive(Debug, Clone, Copy)]
enum Act {
    Write { node: u8, shared: bool, bytes: usize },
    Connect { node: u8, mode: Mode },
    Cut { link: u8 },
    Take { link: u8, step: Step, times: u8 },
}

fn act() -> impl Strategy<Value = Act> {
    let bytes = prop_oneof![20 => 1..300_usize, 1 => Just(90_000)];
    let mode = prop_oneof![Just(Mode::Once), Just(Mode::Live)];
    prop_oneof![
        4 => (0..NODES, any::<bool>(), bytes).prop_map(|(node, shared, bytes)| Act::Write { node, shared, bytes }),
        2 => (0..NODES, mode).prop_map(|(node, mode)| Act::Connect { node, mode }),
        1 => any::<u8>().prop_map(|link| Act::Cut { link }),
        30 => (any::<u8>(), 0..STEPS.len(), 1..5_u8)
            .prop_map(|(link, step, times)| Act::Take { link, step: STEPS[step], times }),
    ]
}

fn perform(world: &mut World, act: Act) {
    let some_link = |world: &World, link: u8| (!world.links.is_empty()).then(|| usize::from(link) % world.links.len());
    match act {
        Act::Write { node, shared, bytes } => world.write(node.into(), if shared { 0 } else { node + 1 }, bytes),
        Act::Connect { node, mode } => {
            world.connect(node.into(), mode);
        }
        Act::Cut { link } => {
            if let Some(link) = some_link(world, link) {
                world.cut(link);
            }
        }
        Act::Take { link, step, times } => {
            if let Some(link) = some_link(world, link) {
                for _ in 0..times {
                    world.step(link, step);
                }
            }
        }
    }
}

/// Few, because signatures are slow without optimisation; `PROPTEST_CASES=20000 cargo test --release`
/// for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 500, failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn everything_arrives_once_whatever_happens(
        acts in proptest::collection::vec(act(), 0..250),
        dislikes in proptest::option::of(1..4_u64),
    ) {
        let mut world = World::new(NODES);
        world.hub.dislikes = dislikes.into_iter().collect();
        for act in acts {
            perform(&mut world, act);
        }
        world.run();
        for link in 0..world.links.len() {
            let l = &world.links[link];
            assert!(l.done.len() + l.closed.len() <= 1, "a session ends once: {:?} {:?}", l.done, l.closed);
            world.cut(link);
        }
        for node in [0, 1, 2, 0, 1, 2] {
            let link = world.sync(node);
            assert_eq!(link.done.len(), 1, "{:?}", link.closed);
        }
        world.assert_complete();
        assert!(world.nodes.iter().all(|node| node.evidence.is_empty()), "an honest hub stands under no suspicion");
    }
}
