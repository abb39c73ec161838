import ConvEngine
import Raster
import Synchronization
import Testing

@Suite("Work of others on images while these are in the cache")
struct ImageVisitTests {
  @Test(
    "each image is brought before it is read, and taken once it is written",
    arguments: BlockCase.all, Precision.allCases)
  func visits(one: BlockCase, precision: Precision) {
    let team = ThreadTeam(threads: 2)
    let (expected, inputs) = run(one, threads: 2, precision: precision, blocks: true)
    let block = ConvolutionBlock(
      one.shape, relu: one.relu, pool: one.pool, maximumBatch: one.batch, needsInputGradient: true,
      training: true, precision: precision, team: team, blocks: true)
    let forth = Ferry(inputs.x, results: expected.y.count, batch: one.batch)
    let (y, dx) = (forth.results, TensorMemory<Float>(count: inputs.x.count))
    let argmax = TensorMemory<UInt8>(count: one.batch * block.argmaxCount)
    block.forward(
      batch: one.batch, x: forth.brought.pointer, weights: inputs.weights.pointer,
      bias: inputs.bias.pointer, y: y.pointer, argmax: one.pool == nil ? nil : argmax.pointer,
      visits: forth.visits())
    #expect(bits(forth.taken) == bits(expected.y))
    #expect(forth.calls == (0..<one.batch).map { _ in 2 })

    let back = Ferry(inputs.dy, results: dx.count, batch: one.batch)
    block.backward(
      batch: one.batch, x: inputs.x.pointer, weights: inputs.weights.pointer, y: y.pointer,
      argmax: one.pool == nil ? nil : argmax.pointer, dy: back.brought.pointer,
      dx: back.results.pointer, weightGradient: inputs.weights.pointer,
      biasGradient: inputs.bias.pointer, visits: back.visits())
    #expect(bits(back.taken) == bits(expected.dx))
    #expect(bits(inputs.weights) == bits(expected.weightGradient))
    #expect(bits(inputs.bias) == bits(expected.biasGradient))
    #expect(back.calls == (0..<one.batch).map { _ in 2 })
  }
}

/// Brings images where nothing but NaN is, and takes results away.
private final class Ferry: Sendable {
  let source, brought, results, taken: TensorMemory<Float>
  private let batch: Int
  private let counts: Mutex<[Int]>

  init(_ source: TensorMemory<Float>, results: Int, batch: Int) {
    self.source = source
    self.batch = batch
    brought = TensorMemory(count: source.count)
    brought.pointer.update(repeating: .nan, count: source.count)
    self.results = TensorMemory(count: results)
    taken = TensorMemory(count: results)
    counts = Mutex([Int](repeating: 0, count: batch))
  }

  /// How often each image was visited.
  var calls: [Int] { counts.withLock { $0 } }

  func visits() -> ImageVisits {
    ImageVisits(
      before: { self.move($0, self.source, self.brought) },
      after: { self.move($0, self.results, self.taken) })
  }

  private func move(_ images: Range<Int>, _ from: TensorMemory<Float>, _ to: TensorMemory<Float>) {
    let count = from.count / batch
    let first = images.lowerBound * count
    (to.pointer + first).update(from: from.pointer + first, count: images.count * count)
    counts.withLock { counts in for image in images { counts[image] += 1 } }
  }
}
