import ConvNet
import Raster
import Synchronization
import Testing

/// The same examples, as if they were read from files.
private final class SlowExamples: BatchSource {
  let shape: FeatureShape
  let classCount: Int
  private let source: MemoryExamples
  /// Positions that cannot be read after so many loads.
  private let failsAfter: Int
  private let loads = Atomic<Int>(0)

  init(_ source: MemoryExamples, failsAfter: Int = .max) {
    (self.source, self.failsAfter) = (source, failsAfter)
    (shape, classCount) = (source.shape, source.classCount)
  }

  struct Unreadable: Error {}
  var count: Int { source.count }
  var readsFiles: Bool { true }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) throws {
    if loads.wrappingAdd(1, ordering: .relaxed).newValue > failsAfter { throw Unreadable() }
    source.load(positions, epoch: epoch, images: images, labels: labels)
  }
}

@Suite("Examples that are read ahead")
struct ReadAheadTests {
  private static func trainer(
    _ training: any BatchSource, _ validation: any BatchSource, threads: Int
  ) throws -> Trainer {
    var settings = barSettings()
    settings.epochs = 3
    settings.batch = 20
    return try Trainer(
      Network(Architecture("conv 8 3x3 relu; maxpool 2; flatten; dense 2"), input: training.shape),
      settings: settings, classNames: ["lying", "upright"], normalization: .unit(channels: 1),
      training: training, validation: validation, team: .forNetworks(threads: threads))
  }

  @Test("weights and figures are those of examples in memory", arguments: [1, 2, 4])
  func same(threads: Int) throws {
    let (training, validation) = (try bars(83, seed: 1), try bars(300, seed: 2))
    let one = try Self.trainer(training, validation, threads: 1).run()
    let ahead = try Self.trainer(
      SlowExamples(training), SlowExamples(validation), threads: threads
    ).run()
    #expect(ahead.last.weights == one.last.weights)
    #expect(ahead.history == one.history)
  }

  @Test("the time in which batches are waited for is told of those that are read, by the clock")
  func waited() throws {
    let (training, validation) = (try bars(40, seed: 1), try bars(20, seed: 2))
    let time = Atomic<Int>(0)
    func clock() -> Double { Double(time.wrappingAdd(1, ordering: .relaxed).newValue) }
    let read = try Self.trainer(SlowExamples(training), validation, threads: 1).run(clock: clock)
    // Two steps an epoch, each with one tick between its two looks at the clock.
    #expect(read.history.map(\.waited) == [2, 2, 2])
    let kept = try Self.trainer(training, validation, threads: 1).run(clock: clock)
    #expect(kept.history.map(\.waited) == [0, 0, 0])
  }

  @Test("an example that cannot be read ends the training with its error")
  func unreadable() throws {
    let (training, validation) = (try bars(83, seed: 1), try bars(20, seed: 2))
    for loads in [0, 30, 100] {
      #expect(throws: SlowExamples.Unreadable.self) {
        try Self.trainer(SlowExamples(training, failsAfter: loads), validation, threads: 2).run()
      }
    }
  }
}
