import ConvNet
import Random
import Raster
import Testing

@Suite("Stochastic depth")
struct DropPathTests {
  static let golden: Golden? = try? Golden("droppath")

  /// One step of a run.
  private static func step(
    _ golden: Golden, _ place: UInt64, threads: Int = 2
  ) -> (loss: Double, gradient: [Float]) {
    let (tally, gradient) = golden.compiled(threads: threads).gradient(
      golden.images, golden.labels, golden.loss, random: CounterRandom(seed: 3, .dropout, place))
    return (tally.meanLoss, gradient)
  }

  /// Whether the layer of this name keeps the path of an example: as many as there are, in a step.
  private static func kept(_ golden: Golden, _ place: UInt64) -> [Bool] {
    let count = golden.labels.count
    // A network of the layer alone shows whom it drops.
    let size = golden.network.input.count
    let input = FeatureShape(height: 1, width: 1, channels: size)
    guard
      let alone = try? Network(
        Architecture("conv \(size) 1x1 nobias dirac; droppath 0.4; flatten"), input: input)
    else { return [] }
    let compiled = CompiledNetwork(
      alone, Weights(alone, seed: 1), batch: count, isTraining: true, team: .forNetworks(threads: 1)
    )
    let ones = [Float](repeating: 1, count: count * size)
    let pass = Pass(
      count: count, isTraining: true, random: CounterRandom(seed: 3, .dropout, place))
    let output = ones.withUnsafeBufferPointer { ones in
      Array(
        UnsafeBufferPointer(
          start: compiled.chain.forward(ones.baseAddress!, pass), count: count * size))
    }
    return (0..<count).map { example in
      let row = output[example * size..<(example + 1) * size]
      #expect(row.allSatisfy { $0 == row.first! && ($0 == 0 || abs($0 - 1 / 0.6) < 1e-6) })
      return row.first! > 0
    }
  }

  @Test(
    "loss and gradients are torchvision's, example by example", arguments: 0..<4 as Range<UInt64>)
  func gradients(place: UInt64) throws {
    let golden = try Golden("droppath")
    let kept = Self.kept(golden, place)
    #expect(kept.count == 8)
    let (loss, gradient) = Self.step(golden, place)
    let share = 1 / Float(kept.count)
    func mean(_ name: String) -> [Float] {
      var sum: [Float] = []
      for (example, isKept) in kept.enumerated() {
        let values = golden.values("\(isKept ? "kept" : "dropped")\(example).\(name)")
        sum = sum.isEmpty ? values : zip(sum, values).map { $0 + $1 }
      }
      return sum.map { $0 * share }
    }
    #expect(abs(loss - Double(mean("loss")[0])) < 1e-5)
    for slot in golden.network.slots {
      let expected = slot.shape.fromFile(mean(slot.name))
      #expect(difference(Array(gradient[slot.range]), expected) < 2e-4, "\(slot.name)")
    }
  }

  @Test("examples are dropped as often as asked for, in every step others")
  func chances() throws {
    let golden = try Golden("droppath")
    let all = (0..<100 as Range<UInt64>).map { Self.kept(golden, $0) }
    let count = all.joined().count { $0 }
    // 800 draws with chance 0.6: five deviations.
    #expect(abs(count - 480) < 70)
    #expect(Set(all).count > 60)
  }

  @Test("the number of threads doesn't change a bit")
  func threads() throws {
    let golden = try Golden("droppath")
    let gradients = [1, 2, 3].map { Self.step(golden, 5, threads: $0).gradient }
    #expect(gradients[0] == gradients[1] && gradients[0] == gradients[2])
  }
}
