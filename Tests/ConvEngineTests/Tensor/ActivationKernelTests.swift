import ConvEngine
import Foundation
import Testing

@Suite struct ActivationKernelTests {
  static func value(_ kind: ActivationKernel, _ x: Double) -> Double {
    switch kind {
    case .identity: x
    case .relu: max(x, 0)
    case .gelu: x * 0.5 * erfc(-x / 2.0.squareRoot())
    case .silu: x / (1 + exp(-x))
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .relu6: min(max(x, 0), 6)
    }
  }

  static func slope(_ kind: ActivationKernel, _ x: Double) -> Double {
    switch kind {
    case .identity: return 1
    case .relu: return x > 0 ? 1 : 0
    case .gelu:
      return 0.5 * erfc(-x / 2.0.squareRoot()) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    case .silu:
      let gate = 1 / (1 + exp(-x))
      return gate * (1 + x * (1 - gate))
    case .hardSwish: return x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5
    case .relu6: return x > 0 && x < 6 ? 1 : 0
    }
  }

  @Test(
    "values and slopes are those of the formula on every instruction set",
    arguments: ActivationKernel.allCases)
  func formulas(kind: ActivationKernel) {
    // Far beyond where exponentials overflow, and close to 0.
    let inputs = (-2000...2000).map { Float($0) * 0.01 } + [-1e6, -200, -90, 90, 200, 1e6, 1e-30]
    let count = inputs.count
    for set in InstructionSet.available {
      let (x, y) = (TensorMemory<Float>(count: count), TensorMemory<Float>(count: count))
      let dx = TensorMemory<Float>(count: count)
      let ones = TensorMemory<Float>(count: count)
      ones.fill(1)
      for (index, input) in inputs.enumerated() { x[index] = input }
      kind.forward(count, x.pointer, y.pointer, instructionSet: set)
      kind.backward(count, x.pointer, ones.pointer, dx.pointer, instructionSet: set)
      for index in 0..<count {
        let input = Double(inputs[index])
        let value = Self.value(kind, input)
        #expect(abs(Double(y[index]) - value) <= 4e-7 * max(1, abs(value)), "\(set): f(\(input))")
        #expect(abs(Double(dx[index]) - Self.slope(kind, input)) <= 1e-6, "\(set): f'(\(input))")
      }
    }
  }

  @Test("no number stays no number", arguments: ActivationKernel.allCases)
  func nan(kind: ActivationKernel) {
    for set in InstructionSet.available where kind != .relu && kind != .relu6 {
      let x = TensorMemory<Float>(count: 3)
      x.fill(.nan)
      kind.forward(3, x.pointer, x.pointer, instructionSet: set)
      #expect(x[0].isNaN && x[2].isNaN, "\(set)")
    }
  }

  @Test("a value does not depend on its place in a run", arguments: ActivationKernel.allCases)
  func places(kind: ActivationKernel) {
    var samples = TensorSamples(3)
    let (x, dy) = (samples.memory(70), samples.memory(70))
    let (y, dx) = (TensorMemory<Float>(count: 70), TensorMemory<Float>(count: 70))
    kind.forward(70, x.pointer, y.pointer)
    kind.backward(70, x.pointer, dy.pointer, dx.pointer)
    for start in [1, 5, 16, 33] {
      for length in [1, 3, 17, 36] {
        let (part, slope) = (TensorMemory<Float>(count: 40), TensorMemory<Float>(count: 40))
        kind.forward(length, x.pointer + start, part.pointer)
        kind.backward(length, x.pointer + start, dy.pointer + start, slope.pointer)
        for index in 0..<length {
          #expect(part[index].bitPattern == y[start + index].bitPattern)
          #expect(slope[index].bitPattern == dx[start + index].bitPattern)
        }
        #expect(part[length] == 0)
      }
    }
  }

  @Test(
    "passes of a normalisation are those of plain loops on every instruction set",
    arguments: [1, 7, 16, 24, 40], [1, 2, 5, 64])
  func normalization(channels: Int, rows: Int) {
    for set in InstructionSet.available {
      for kind in ActivationKernel.allCases {
        var samples = TensorSamples(channels * 100 + rows)
        let kernel = NormalizationKernel(
          channels: channels, activation: kind, instructionSet: set)
        let count = rows * channels
        let (x, dy) = (samples.memory(count), samples.memory(count))
        let before = values(dy)
        let parameters = (0..<4).map { _ in samples.memory(channels) }
        let (factor, shift, mean, slope) = (
          parameters[0], parameters[1], parameters[2], parameters[3]
        )
        let (y, dx) = (TensorMemory<Float>(count: count), TensorMemory<Float>(count: count))
        let sums = (0..<4).map { _ in TensorMemory<Float>(count: channels) }
        kernel.forward(
          rows: rows, x.pointer, factor: factor.pointer, shift: shift.pointer, into: y.pointer)
        kernel.measure(
          rows: rows, x.pointer, mean: sums[0].pointer, squares: sums[1].pointer)
        kernel.gradientSums(
          rows: rows, x.pointer, factor: factor.pointer, shift: shift.pointer, mean: mean.pointer,
          dy: dy.pointer, plain: sums[2].pointer, product: sums[3].pointer)
        kernel.inputGradient(
          rows: rows, x.pointer, dy: dy.pointer, factor: factor.pointer, mean: mean.pointer,
          slope: slope.pointer, shift: shift.pointer, into: dx.pointer)
        var expected = [[Double]](repeating: [], count: 3)
        var totals = [[Double]](repeating: [Double](repeating: 0, count: channels), count: 4)
        for c in 0..<channels {
          for r in 0..<rows { totals[0][c] += Double(x[r * channels + c]) / Double(rows) }
        }
        for index in 0..<count {
          let c = index % channels
          let (value, away) = (Double(x[index]), Double(x[index]) - Double(mean[c]))
          let moved = value * Double(factor[c]) + Double(shift[c])
          let g = before[index] * Self.slope(kind, moved)
          expected[0].append(Self.value(kind, moved))
          expected[1].append(g)
          expected[2].append(
            g * Double(factor[c]) + away * Double(slope[c]) + Double(shift[c]))
          totals[1][c] += (value - totals[0][c]) * (value - totals[0][c])
          totals[2][c] += g
          totals[3][c] += g * away
        }
        #expect(difference(y, expected[0]) < 2e-6, "\(set) \(kind)")
        #expect(difference(dy, expected[1]) < 2e-6, "\(set) \(kind)")
        #expect(difference(dx, expected[2]) < 2e-6, "\(set) \(kind)")
        for (sum, total) in zip(sums, totals) {
          #expect(difference(sum, total) < 1e-5, "\(set) \(kind)")
        }
      }
    }
  }
}
