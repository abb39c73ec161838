import ConvNet
import Testing

@Suite("Schedules and random numbers")
struct ScheduleTests {
  func factors(_ schedule: Schedule, _ steps: [Int]) -> [Double] {
    steps.map { schedule.factor(step: $0, total: 100, perEpoch: 10) }
  }

  func agree(_ first: [Double], _ second: [Double]) -> Bool {
    zip(first, second).allSatisfy { abs($0 - $1) < 1e-12 }
  }

  @Test("one cycle rises from a fifth over a fifth of the run, then falls to 0")
  func oneCycle() {
    #expect(agree(factors(.oneCycle, [0, 10, 20, 60, 100]), [0.2, 0.6, 1, 0.5, 0]))
  }

  @Test("cosine, constant and steps")
  func others() {
    #expect(agree(factors(.cosine, [0, 50, 100]), [1, 0.5, 0]))
    #expect(agree(factors(.constant, [0, 99]), [1, 1]))
    let steps = Schedule(.step(factor: 0.1, epochs: 3), warmUp: 0.1, start: 0)
    #expect(agree(factors(steps, [0, 5, 10, 29, 30, 60]), [0, 0.5, 1, 1, 0.1, 0.01]))
  }

  @Test("weights start within Glorot's and He's limits, biases at 0, scales at 1")
  func initialization() throws {
    let network = try Network(
      Architecture("conv 16 3x3; batchnorm; flatten; dense 10"),
      input: FeatureShape(height: 6, width: 6, channels: 4))
    for (start, limit) in [(Initialization.glorot, 6.0 / 180), (.he, 6.0 / 36)] {
      let weights = Weights(network, start, seed: 9)
      let kernels = weights.values(of: network.slots[0]).map { abs($0) }
      #expect(kernels.max()! <= Float(limit.squareRoot()))
      #expect(kernels.max()! > 0.95 * Float(limit.squareRoot()))
      #expect(weights.values(of: network.slots[1]).allSatisfy { $0 == 0 })
      #expect(weights.values(of: network.slots[2]).allSatisfy { $0 == 1 })
    }
  }
}
