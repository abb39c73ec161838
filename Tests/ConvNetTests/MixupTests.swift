import ConvNet
import Raster
import Testing

@Suite("Mixup, and rates that fall with depth")
struct MixupTests {
  @Test("pairs are laid over each other, the first with the last")
  func pairs() {
    for count in [2, 5] {
      let plain = (0..<count * 3).map { Float($0 * $0 % 17) }
      var mixed = plain
      mixed.withUnsafeMutableBufferPointer {
        Mixup(share: 0.75).apply(to: $0.baseAddress!, count: count, size: 3)
      }
      for index in 0..<count {
        for place in 0..<3 {
          let other = plain[(count - 1 - index) * 3 + place]
          #expect(mixed[index * 3 + place] == 0.75 * plain[index * 3 + place] + 0.25 * other)
        }
      }
    }
  }

  /// −λ·ln p[y] − (1 − λ)·ln p[y'], by its definition.
  @Test("loss and gradient are those of both labels")
  func loss() {
    let logits: [Float] = [0.5, -1, 2, 1, 1, 0, -2, 0.25, 0.75]
    let labels: [Int32] = [2, 0, 1]
    let share: Float = 0.6
    var gradient = [Float](repeating: .nan, count: 9)
    var guesses = [Int32](repeating: -1, count: 3)
    let tally = logits.withUnsafeBufferPointer { logits in
      labels.withUnsafeBufferPointer { labels in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guesses.withUnsafeMutableBufferPointer { guesses in
            Mixup(share: share).evaluate(
              SoftmaxCrossEntropy(classes: 3), logits.baseAddress!, labels,
              gradient: gradient.baseAddress!, guesses: guesses.baseAddress!)
          }
        }
      }
    }
    var expected = 0.0
    for row in 0..<3 {
      let p = SoftmaxCrossEntropy.softmax(logits[3 * row..<3 * row + 3])
      let (own, other) = (Int(labels[row]), Int(labels[2 - row]))
      expected -= Double(share * logOf(p[own]) + (1 - share) * logOf(p[other]))
      for c in 0..<3 {
        let target = (c == own ? share : 0) + (c == other ? 1 - share : 0)
        #expect(abs(gradient[3 * row + c] - (p[c] - target) / 3) < 1e-6)
      }
    }
    #expect(abs(tally.loss - expected) < 1e-5 && tally.weight == 3 && tally.count == 3)
    #expect(guesses == [2, 0, 2] && tally.correct == 2)
  }

  private func logOf(_ value: Float) -> Float {
    // By halves: no library that the loss uses, too.
    var (x, powers): (Double, Double) = (Double(value), 0)
    while x < 0.75 { (x, powers) = (x * 2, powers - 1) }
    let z = (x - 1) / (x + 1)
    var (sum, power) = (0.0, z)
    for k in stride(from: 1.0, to: 60, by: 2) { (sum, power) = (sum + power / k, power * z * z) }
    return Float(2 * sum + powers * 0.693147180559945)
  }

  /// The means of max(λ, 1 − λ), integrated by SciPy.
  @Test(
    "shares are drawn from the Beta distribution",
    arguments: [(0.2, 0.89881), (1, 0.75), (4, 0.63672)])
  func shares(alpha: Float, mean: Float) {
    let shares = (0..<4000).map { Mixup(alpha: alpha, seed: 3, step: $0).share }
    #expect(shares.allSatisfy { $0 >= 0.5 && $0 <= 1 })
    #expect(abs(shares.reduce(0, +) / 4000 - mean) < 0.01)
    #expect(Mixup(alpha: alpha, seed: 3, step: 5).share == shares[5])
  }

  /// The weights after a step of plain descent, and before it.
  private func step(
    _ change: (inout TrainingSettings) -> Void
  ) throws -> (network: Network, before: Weights, after: Weights) {
    let network = try Network(
      Architecture(
        "input 6x6x1; conv 3 3x3 same; batchnorm; relu; residual { conv 3 3x3 same }; "
          + "globalavgpool; dense 2"))
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.rate) = (1, 8, 0.125)
    settings.optimizer = .sgd(momentum: 0, nesterov: false)
    settings.schedule = .constant
    settings.weightDecay = 0
    change(&settings)
    let before = Weights(network, seed: 5)
    let source = try MemoryExamples(
      shape: network.input, classCount: 2,
      images: (0..<8 * 36).map { Float(($0 * 37) % 11) / 5 - 1 },
      labels: (0..<8).map { Int32($0 % 2) })
    let trainer = try Trainer(
      network, settings: settings, classNames: ["a", "b"], normalization: .unit(channels: 1),
      weights: before, training: source, team: .forNetworks(threads: 1))
    return (network, before, try trainer.run().last.weights)
  }

  @Test("each layer learns by a factor slower than the one behind it")
  func layerDecay() throws {
    let plain = try step { _ in }
    let slowed = try step { $0.layerDecay = 0.5 }
    let rates: [String: Float] = [
      "conv1": 0.25, "batchnorm1": 0.25, "conv2": 0.5, "dense1": 1,
    ]
    var seen = 0
    for slot in plain.network.slots where slot.shape.learns {
      let rate = try #require(rates[String(slot.name.prefix { $0 != "." })], "\(slot.name)")
      let before = Array(plain.before.values(of: slot))
      let moved = zip(plain.after.values(of: slot), before).map { $0 - $1 }
      let slower = zip(slowed.after.values(of: slot), before).map { $0 - $1 }
      for (all, part) in zip(moved, slower) { #expect(abs(all * rate - part) < 1e-6) }
      seen += moved.contains { $0 != 0 } ? 1 : 0
    }
    #expect(seen >= 6)
  }

  @Test("a training with mixup is the same each time, and takes other steps than one without")
  func training() throws {
    let mixed = try step { $0.mixup = 1 }
    let (again, plain) = (try step { $0.mixup = 1 }, try step { _ in })
    #expect(again.after == mixed.after && plain.after != mixed.after)
    var settings = TrainingSettings()
    settings.mixup = 5
    #expect(throws: NetworkError.invalidSetting("the mixup", allowed: "0…4")) {
      try settings.check(classes: 2)
    }
  }
}
