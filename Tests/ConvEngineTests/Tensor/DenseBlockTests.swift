import ConvEngine
import Raster
import Testing

/// Inputs, outputs, batch.
private let sizes = [
  (1, 1, 1), (3, 10, 2), (32, 10, 128), (100, 32, 13), (2705, 32, 29), (4096, 128, 17), (65, 70, 5),
  (1500, 170, 3), (4200, 12, 9), (2048, 48, 40), (37, 16, 33),
]

/// How products are made.
private struct Products: Sendable {
  var precision = Precision.f32
  var blocks: Bool?

  static let all = [
    Products(), Products(precision: .bf16, blocks: false), Products(precision: .bf16, blocks: true),
  ]
}

private struct DenseResult {
  let y, dx, weightGradient, biasGradient: TensorMemory<Float>
}

private func run(
  _ size: (Int, Int, Int), relu: Bool, threads: Int, set: InstructionSet = .current,
  products: Products = Products(), areCoarse: Bool = false, inPlace: Bool = false,
  masking: Bool = false
) -> (DenseResult, x: TensorMemory<Float>, weights: TensorMemory<Float>, dy: TensorMemory<Float>) {
  let (inputs, outputs, batch) = size
  var samples = TensorSamples(11)
  let (x, weights) = (samples.memory(batch * inputs), samples.memory(inputs * outputs))
  let (bias, dy) = (samples.memory(outputs), samples.memory(batch * outputs))
  if areCoarse { for memory in [x, weights, dy] { memory.makeCoarse() } }
  let block = DenseBlock(
    inputs: inputs, outputs: outputs, relu: relu, maximumBatch: batch, training: true,
    precision: products.precision, team: ThreadTeam(threads: threads), instructionSet: set,
    blocks: products.blocks)
  let result = DenseResult(
    y: TensorMemory(count: batch * outputs), dx: TensorMemory(count: batch * inputs),
    weightGradient: TensorMemory(count: inputs * outputs),
    biasGradient: TensorMemory(count: outputs))
  result.dx.pointer.update(from: x.pointer, count: x.count)
  block.forward(
    batch: batch, x: x.pointer, weights: weights.pointer, bias: bias.pointer, y: result.y.pointer)
  let read = inPlace ? UnsafePointer(result.dx.pointer) : UnsafePointer(x.pointer)
  block.backward(
    batch: batch, x: read, weights: weights.pointer, y: result.y.pointer, dy: dy.pointer,
    dx: result.dx.pointer, weightGradient: result.weightGradient.pointer,
    biasGradient: result.biasGradient.pointer, maskingInput: masking)
  return (result, x, weights, dy)
}

@Suite struct DenseBlockTests {
  @Test(
    "every instruction set agrees with plain loops to 1e-5, in bfloat16 where the numbers are such",
    arguments: sizes.indices, Products.all)
  fileprivate func reference(index: Int, products: Products) {
    let (inputs, outputs, batch) = sizes[index]
    for set in InstructionSet.available {
      let relu = index % 2 == 0
      let (result, x, weights, dy) = run(
        sizes[index], relu: relu, threads: 2, set: set, products: products,
        areCoarse: products.precision == .bf16)
      var samples = TensorSamples(11)
      _ = samples.memory(batch * inputs + inputs * outputs)
      let bias = samples.memory(outputs)
      var (y, dx) = ([Double](), [Double](repeating: 0, count: batch * inputs))
      var (dw, db) = (
        [Double](repeating: 0, count: inputs * outputs), [Double](repeating: 0, count: outputs)
      )
      for row in 0..<batch {
        for unit in 0..<outputs {
          var sum = Double(bias[unit])
          for i in 0..<inputs {
            sum += Double(x[row * inputs + i]) * Double(weights[i * outputs + unit])
          }
          y.append(relu ? max(sum, 0) : sum)
          // `dy` has been masked by the block.
          let g = Double(dy[row * outputs + unit])
          db[unit] += g
          for i in 0..<inputs {
            dw[i * outputs + unit] += g * Double(x[row * inputs + i])
            dx[row * inputs + i] += g * Double(weights[i * outputs + unit])
          }
        }
      }
      #expect(difference(result.y, y) < 1e-5, "\(set)")
      #expect(difference(result.dx, dx) < 1e-5, "\(set)")
      #expect(difference(result.weightGradient, dw) < 1e-5, "\(set)")
      #expect(difference(result.biasGradient, db) < 1e-5, "\(set)")
    }
  }

  @Test(
    "any number of threads gives the same bytes", arguments: sizes.indices, Products.all)
  fileprivate func threads(index: Int, products: Products) {
    let (alone, _, _, _) = run(sizes[index], relu: true, threads: 1, products: products)
    let (team, _, _, _) = run(sizes[index], relu: true, threads: 3, products: products)
    #expect(bits(alone.y) == bits(team.y))
    #expect(bits(alone.dx) == bits(team.dx))
    #expect(bits(alone.weightGradient) == bits(team.weightGradient))
  }

  @Test(
    "the gradient may take the place of the input, masked or not", arguments: sizes.indices,
    Products.all)
  fileprivate func inPlace(index: Int, products: Products) {
    for masking in [false, true] {
      let (apart, x, _, _) = run(
        sizes[index], relu: true, threads: 2, products: products, masking: masking)
      let (same, _, _, _) = run(
        sizes[index], relu: true, threads: 2, products: products, inPlace: true,
        masking: masking)
      #expect(bits(apart.dx) == bits(same.dx))
      #expect(bits(apart.weightGradient) == bits(same.weightGradient))
      if masking {
        #expect((0..<x.count).allSatisfy { x[$0] > 0 || same.dx[$0] == 0 })
      }
    }
  }

  @Test("a row gives the same bytes in any batch", arguments: [3, 4, 7, 10], Products.all)
  fileprivate func batches(index: Int, products: Products) {
    let (inputs, outputs, batch) = sizes[index]
    let (all, x, weights, _) = run(sizes[index], relu: true, threads: 2, products: products)
    var samples = TensorSamples(11)
    _ = samples.memory(batch * inputs + inputs * outputs)
    let bias = samples.memory(outputs)
    let y = TensorMemory<Float>(count: outputs)
    // Weights that are kept are not read again.
    let empty = TensorMemory<Float>(count: weights.count)
    for keeps in [false, true] {
      let block = DenseBlock(
        inputs: inputs, outputs: outputs, relu: true, maximumBatch: 1, training: false,
        precision: products.precision, team: ThreadTeam(threads: keeps ? 3 : 1),
        blocks: products.blocks)
      if keeps { block.keep(weights.pointer) }
      for row in 0..<batch {
        block.forward(
          batch: 1, x: x.pointer + row * inputs, weights: (keeps ? empty : weights).pointer,
          bias: bias.pointer, y: y.pointer)
        #expect((0..<outputs).allSatisfy { y[$0] == all.y[row * outputs + $0] }, "row \(row)")
      }
    }
  }
}
