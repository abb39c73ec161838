import ConvEngine
import Testing

@Suite struct OptimizerStepTests {
  @Test("AdamW follows its formula on every instruction set", arguments: [1, 15, 16, 100])
  func adam(count: Int) {
    for set in InstructionSet.available {
      var samples = TensorSamples(count)
      let weights = samples.memory(count)
      let (mean, square) = (TensorMemory<Float>(count: count), TensorMemory<Float>(count: count))
      var (w, m, v) = (
        values(weights), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
      )
      for step in 1...5 {
        let gradient = samples.memory(count)
        var adam = AdamStep(rate: 0.01, step: step)
        adam.decay = 0.1
        adam.gradientScale = 0.5
        adam(
          count, weights: weights.pointer, gradient: gradient.pointer, mean: mean.pointer,
          square: square.pointer, instructionSet: set)
        for index in 0..<count {
          let g = Double(gradient[index]) * 0.5
          m[index] = 0.9 * m[index] + 0.1 * g
          v[index] = 0.999 * v[index] + 0.001 * g * g
          var (power1, power2) = (1.0, 1.0)
          for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
          let move = m[index] / (1 - power1) / ((v[index] / (1 - power2)).squareRoot() + 1e-8)
          w[index] = w[index] * (1 - 0.01 * 0.1) - 0.01 * move
        }
      }
      #expect(difference(weights, w) < 1e-6, "\(set)")
    }
  }

  @Test("momentum, Nesterov and decay follow their formula")
  func sgd() {
    var samples = TensorSamples(5)
    let weights = samples.memory(37)
    let gradient = samples.memory(37)
    let velocity = TensorMemory<Float>(count: 37)
    var (w, b) = (values(weights), [Double](repeating: 0, count: 37))
    var sgd = SGDStep(rate: 0.1)
    sgd.momentum = 0.9
    sgd.nesterov = true
    sgd.coupledDecay = 0.01
    for _ in 0..<4 {
      sgd(37, weights: weights.pointer, gradient: gradient.pointer, velocity: velocity.pointer)
      for index in 0..<37 {
        let g = Double(gradient[index]) + 0.01 * w[index]
        b[index] = 0.9 * b[index] + g
        w[index] -= 0.1 * (g + 0.9 * b[index])
      }
    }
    #expect(difference(weights, w) < 1e-6)
  }
}
