import ConvEngine
import Raster
import Testing

/// One shape with what surrounds it.
struct BlockCase: Sendable, CustomTestStringConvertible {
  var shape: ConvolutionShape
  var relu = true
  var pool: PoolShape?
  var batch = 3

  var testDescription: String {
    let s = shape
    let pool = pool.map { " pool \($0.windowHeight)x\($0.windowWidth)/\($0.strideY),\($0.strideX)" }
    return """
      \(s.inputHeight)x\(s.inputWidth)x\(s.inputChannels) -> \(s.outputChannels), \
      \(s.kernelHeight)x\(s.kernelWidth), stride \(s.strideY),\(s.strideX), dilation \
      \(s.dilationY),\(s.dilationX), padding \(s.padTop),\(s.padLeft),\(s.padBottom),\(s.padRight)\
      \(pool ?? "")\(relu ? " relu" : "") batch \(batch)
      """
  }

  /// Shapes of the lecture's layers (smaller images), odd ones, and random ones.
  static let all: [BlockCase] = {
    func shape(_ side: Int, _ c: Int, _ f: Int, k: Int = 3, pad: Int = 0) -> ConvolutionShape {
      ConvolutionShape(
        inputHeight: side, inputWidth: side, inputChannels: c, outputChannels: f, kernelHeight: k,
        kernelWidth: k, padTop: pad, padLeft: pad, padBottom: pad, padRight: pad)
    }
    func strided(_ side: Int, _ c: Int, _ f: Int, k: Int, stride: Int, pad: Int) -> BlockCase {
      var shape = shape(side, c, f, k: k, pad: pad)
      (shape.strideY, shape.strideX) = (stride, stride)
      return BlockCase(shape: shape, relu: pad == 1)
    }
    let two = PoolShape(windowHeight: 2, windowWidth: 2)
    var cases = [
      BlockCase(shape: shape(12, 1, 64)),
      BlockCase(shape: shape(13, 3, 64), pool: two),
      BlockCase(shape: shape(12, 3, 64, pad: 1), pool: two),
      BlockCase(shape: shape(9, 64, 64, pad: 1), pool: two, batch: 19),
      BlockCase(shape: shape(8, 32, 48, k: 1), pool: two),
      BlockCase(shape: shape(8, 32, 32, pad: 1)),
      BlockCase(
        shape: shape(8, 16, 33, pad: 1),
        pool: PoolShape(windowHeight: 3, windowWidth: 3, strideY: 2, strideX: 2)),
      BlockCase(shape: shape(5, 70, 10, k: 1), relu: false),
      BlockCase(shape: shape(3, 2, 5)),
      BlockCase(shape: shape(1, 1, 1, k: 1), relu: false, batch: 1),
      BlockCase(shape: shape(7, 4, 96, k: 2), relu: false, pool: two),
      // Tiles of 2, 3 and 4 outputs, whole and cut off, on the way back as well.
      BlockCase(shape: shape(15, 24, 64, pad: 1), relu: false, batch: 5),
      BlockCase(shape: shape(14, 64, 32, pad: 1), batch: 17),
      BlockCase(shape: shape(7, 64, 64, pad: 1), relu: false, batch: 40),
      BlockCase(shape: shape(6, 33, 48, pad: 2)),
      BlockCase(shape: shape(3, 64, 32, pad: 1), relu: false, batch: 66),
      BlockCase(shape: shape(9, 20, 64), pool: PoolShape(windowHeight: 3, windowWidth: 3)),
      // A pooling without a ReLU: the gradient goes through tiles.
      BlockCase(shape: shape(15, 24, 32, pad: 1), relu: false, pool: two, batch: 9),
      BlockCase(shape: shape(7, 64, 48, pad: 1), relu: false, pool: two, batch: 21),
      BlockCase(
        shape: shape(9, 32, 32, pad: 1), relu: false,
        pool: PoolShape(windowHeight: 3, windowWidth: 3, strideY: 2, strideX: 2)),
      // Weights so large that tiles are multiplied plane by plane, in blocks that end anywhere.
      BlockCase(shape: shape(4, 64, 128, pad: 1), relu: false, batch: 19),
      BlockCase(shape: shape(4, 67, 112, pad: 1), batch: 34),
      BlockCase(shape: shape(8, 100, 96, pad: 1), relu: false, pool: two, batch: 3),
      BlockCase(shape: shape(3, 128, 144, pad: 1), batch: 1),
      // Strides longer than a kernel, and not.
      strided(9, 8, 16, k: 3, stride: 2, pad: 1), strided(8, 5, 12, k: 1, stride: 2, pad: 0),
      strided(11, 3, 8, k: 2, stride: 3, pad: 1), strided(10, 16, 9, k: 7, stride: 2, pad: 3),
    ]
    var samples = TensorSamples(2024)
    while cases.count < 77 {
      let shape = ConvolutionShape(
        inputHeight: samples.integer(1...14), inputWidth: samples.integer(1...17),
        inputChannels: [1, 2, 3, 8, 16, 32, samples.integer(1...70)][samples.integer(0...6)],
        outputChannels: samples.integer(1...70), kernelHeight: samples.integer(1...5),
        kernelWidth: samples.integer(1...5), strideY: samples.integer(1...3),
        strideX: samples.integer(1...3), dilationY: samples.integer(1...2),
        dilationX: samples.integer(1...2), padTop: samples.integer(0...3),
        padLeft: samples.integer(0...3), padBottom: samples.integer(0...3),
        padRight: samples.integer(0...3))
      guard shape.isValid else { continue }
      var one = BlockCase(
        shape: shape, relu: samples.integer(0...1) == 0, batch: samples.integer(1...18))
      if samples.integer(0...1) == 0 {
        let pool = PoolShape(
          windowHeight: samples.integer(1...3), windowWidth: samples.integer(1...3),
          strideY: samples.integer(1...3), strideX: samples.integer(1...3))
        if pool.windowHeight <= shape.outputHeight && pool.windowWidth <= shape.outputWidth {
          one.pool = pool
        }
      }
      cases.append(one)
    }
    return cases
  }()
}

/// What a block made of one case.
struct BlockResult {
  let y, dx, weightGradient, biasGradient: TensorMemory<Float>
  let argmax: TensorMemory<UInt8>
}

struct BlockInputs {
  let x, weights, bias, dy: TensorMemory<Float>

  /// - Parameter areCoarse: whether all numbers, and sums of a few, are numbers of bfloat16.
  init(_ one: BlockCase, outputCount: Int, areCoarse: Bool = false) {
    var samples = TensorSamples(7)
    defer { if areCoarse { for memory in [x, weights, dy] { memory.makeCoarse() } } }
    x = samples.memory(one.batch * one.shape.inputCount)
    weights = samples.memory(one.shape.weightCount)
    bias = samples.memory(one.shape.outputChannels)
    dy = samples.memory(one.batch * outputCount)
  }
}

func run(
  _ one: BlockCase, threads: Int, set: InstructionSet = .current, precision: Precision = .f32,
  areCoarse: Bool = false
) -> (BlockResult, BlockInputs) {
  let team = ThreadTeam(threads: threads)
  let block = ConvolutionBlock(
    one.shape, relu: one.relu, pool: one.pool, maximumBatch: one.batch, needsInputGradient: true,
    training: true, precision: precision, team: team, instructionSet: set)
  let inputs = BlockInputs(one, outputCount: block.outputCount, areCoarse: areCoarse)
  let dy = TensorMemory<Float>(count: inputs.dy.count)
  dy.pointer.update(from: inputs.dy.pointer, count: dy.count)
  let result = BlockResult(
    y: TensorMemory(count: one.batch * block.outputCount), dx: TensorMemory(count: inputs.x.count),
    weightGradient: TensorMemory(count: inputs.weights.count),
    biasGradient: TensorMemory(count: inputs.bias.count),
    argmax: TensorMemory(count: one.batch * block.argmaxCount))
  // Twice: the second pass must not see what the first left behind.
  for _ in 0..<2 {
    dy.pointer.update(from: inputs.dy.pointer, count: dy.count)
    block.forward(
      batch: one.batch, x: inputs.x.pointer, weights: inputs.weights.pointer,
      bias: inputs.bias.pointer, y: result.y.pointer,
      argmax: one.pool == nil ? nil : result.argmax.pointer)
    block.backward(
      batch: one.batch, x: inputs.x.pointer, weights: inputs.weights.pointer, y: result.y.pointer,
      argmax: one.pool == nil ? nil : result.argmax.pointer, dy: dy.pointer,
      dx: result.dx.pointer, weightGradient: result.weightGradient.pointer,
      biasGradient: result.biasGradient.pointer)
  }
  return (result, inputs)
}

@Suite struct ConvolutionBlockTests {
  @Test(
    "every instruction set agrees with plain loops to 1e-5, of many channels to 2e-5",
    arguments: BlockCase.all)
  func reference(one: BlockCase) {
    for set in InstructionSet.available { check(one, set, .f32) }
  }

  @Test(
    "products of bfloat16 agree with plain loops as closely, where the numbers are such",
    arguments: BlockCase.all)
  func pairs(one: BlockCase) { check(one, .current, .bf16) }

  private func check(_ one: BlockCase, _ set: InstructionSet, _ precision: Precision) {
    // Tiles of 4 by 4 round more often than the sums that they save.
    let tolerance = one.shape.inputChannels > 64 ? 2e-5 : 1e-5
    let (result, inputs) = run(
      one, threads: 2, set: set, precision: precision, areCoarse: precision == .bf16)
    let count = result.y.count / one.batch
    let y = TensorMemory<Float>(count: count)
    let argmax = TensorMemory<UInt8>(count: one.pool == nil ? 0 : count)
    let taps = TensorMemory<Double>(count: one.shape.weightCount)
    let biases = TensorMemory<Double>(count: one.shape.outputChannels)
    for image in 0..<one.batch {
      Reference.convolutionForward(
        one.shape, relu: one.relu, pool: one.pool,
        input: inputs.x.pointer + image * one.shape.inputCount, weights: inputs.weights.pointer,
        bias: inputs.bias.pointer, output: y.pointer,
        choices: one.pool == nil ? nil : argmax.pointer)
      let own = TensorMemory<Float>(count: count)
      own.pointer.update(from: result.y.pointer + image * count, count: count)
      #expect(difference(own, values(y)) < tolerance, "\(set) forward, image \(image)")
      // Near ties may fall either way: the way back follows the block's own choices.
      let samples = TensorMemory<Double>(count: one.shape.inputCount)
      Reference.convolutionBackward(
        one.shape, relu: one.relu, pool: one.pool,
        input: inputs.x.pointer + image * one.shape.inputCount, weights: inputs.weights.pointer,
        output: own.pointer,
        choices: one.pool == nil ? nil : result.argmax.pointer + image * count,
        outputGradient: inputs.dy.pointer + image * count, weightGradient: taps.pointer,
        biasGradient: biases.pointer, inputGradient: samples.pointer)
      let dx = TensorMemory<Float>(count: one.shape.inputCount)
      dx.pointer.update(from: result.dx.pointer + image * dx.count, count: dx.count)
      #expect(difference(dx, Array(samples.buffer)) < 1e-5, "\(set) input, image \(image)")
    }
    #expect(difference(result.weightGradient, Array(taps.buffer)) < 1e-5, "\(set) weights")
    #expect(difference(result.biasGradient, Array(biases.buffer)) < 1e-5, "\(set) bias")
  }

  @Test("the choices are those of the first maximum")
  func choices() {
    for one in BlockCase.all where one.pool != nil {
      let (result, inputs) = run(one, threads: 1)
      let count = result.y.count / one.batch
      let y = TensorMemory<Float>(count: count)
      let argmax = TensorMemory<UInt8>(count: count)
      Reference.convolutionForward(
        one.shape, relu: one.relu, pool: one.pool, input: inputs.x.pointer,
        weights: inputs.weights.pointer, bias: inputs.bias.pointer, output: y.pointer,
        choices: argmax.pointer)
      let same = (0..<count).count { argmax[$0] == result.argmax[$0] }
      #expect(Double(same) >= 0.99 * Double(count), "\(one.testDescription)")
    }
  }

  @Test(
    "any number of threads gives the same bytes", arguments: BlockCase.all.prefix(26),
    Precision.allCases)
  func threads(one: BlockCase, precision: Precision) {
    let (alone, _) = run(one, threads: 1, precision: precision)
    for threads in [2, 3] {
      let (team, _) = run(one, threads: threads, precision: precision)
      #expect(bits(alone.y) == bits(team.y))
      #expect(Array(alone.argmax.buffer) == Array(team.argmax.buffer))
      #expect(bits(alone.dx) == bits(team.dx))
      #expect(bits(alone.weightGradient) == bits(team.weightGradient))
      #expect(bits(alone.biasGradient) == bits(team.biasGradient))
    }
  }

  @Test("an image gives the same bytes in any batch")
  func batches() {
    let one = BlockCase.all[3]
    let (all, inputs) = run(one, threads: 2)
    let block = ConvolutionBlock(
      one.shape, relu: one.relu, pool: one.pool, maximumBatch: 1, needsInputGradient: false,
      training: false, team: ThreadTeam(threads: 1))
    let y = TensorMemory<Float>(count: block.outputCount)
    for image in 0..<one.batch {
      block.forward(
        batch: 1, x: inputs.x.pointer + image * one.shape.inputCount,
        weights: inputs.weights.pointer, bias: inputs.bias.pointer, y: y.pointer, argmax: nil)
      let same = (0..<y.count).allSatisfy { y[$0] == all.y[image * y.count + $0] }
      #expect(same, "image \(image)")
    }
  }

  @Test("a gradient that is 0 behind the ReLU needs no output")
  func masked() {
    let one = BlockCase.all[0]
    let (whole, inputs) = run(one, threads: 1)
    let block = ConvolutionBlock(
      one.shape, relu: true, maximumBatch: one.batch, needsInputGradient: false, training: true,
      team: ThreadTeam(threads: 1))
    let gradient = TensorMemory<Float>(count: one.shape.weightCount)
    for index in 0..<inputs.dy.count where whole.y[index] <= 0 { inputs.dy[index] = 0 }
    block.backward(
      batch: one.batch, x: inputs.x.pointer, weights: inputs.weights.pointer,
      y: inputs.dy.pointer, argmax: nil, dy: inputs.dy.pointer, dx: nil,
      weightGradient: gradient.pointer, biasGradient: nil, isMasked: true)
    #expect(bits(gradient) == bits(whole.weightGradient))
  }

  @Test("gradients are those of finite differences", arguments: BlockCase.all.prefix(17))
  func finiteDifferences(one: BlockCase) {
    let (result, inputs) = run(one, threads: 2)
    // The sum of y · dy, by plain loops.
    func loss() -> Double {
      let count = result.y.count / one.batch
      let y = TensorMemory<Float>(count: count)
      var sum = 0.0
      for image in 0..<one.batch {
        Reference.convolutionForward(
          one.shape, relu: one.relu, pool: one.pool,
          input: inputs.x.pointer + image * one.shape.inputCount, weights: inputs.weights.pointer,
          bias: inputs.bias.pointer, output: y.pointer, choices: nil)
        for index in 0..<count {
          sum += Double(y[index]) * Double(inputs.dy[image * count + index])
        }
      }
      return sum
    }
    var samples = TensorSamples(3)
    for (memory, gradient) in [
      (inputs.weights, result.weightGradient), (inputs.bias, result.biasGradient),
      (inputs.x, result.dx),
    ] {
      let index = samples.integer(0...memory.count - 1)
      let old = memory[index]
      let step: Float = 1 / 1024
      memory[index] = old + step
      let up = loss()
      memory[index] = old - step
      let down = loss()
      memory[index] = old
      let slope = (up - down) / Double(2 * step)
      // A kink of the ReLU or of the maximum within the step moves the slope a little.
      #expect(abs(slope - Double(gradient[index])) < 0.05 * max(1, abs(slope)))
    }
  }

  /// What a block that is not made for training makes of all images, so many at a time.
  private func predict(
    _ one: BlockCase, _ inputs: BlockInputs, at count: Int, maximumBatch: Int, threads: Int,
    keeps: Bool, ceiling: Float? = nil
  ) -> TensorMemory<Float> {
    let block = ConvolutionBlock(
      one.shape, relu: one.relu, ceiling: ceiling, pool: one.pool, maximumBatch: maximumBatch,
      needsInputGradient: false, training: false, team: ThreadTeam(threads: threads))
    let y = TensorMemory<Float>(count: one.batch * block.outputCount)
    // Weights that are kept are not read again.
    let empty = TensorMemory<Float>(count: one.shape.weightCount)
    if keeps { block.keep(inputs.weights.pointer) }
    for first in stride(from: 0, to: one.batch, by: count) {
      block.forward(
        batch: min(count, one.batch - first),
        x: inputs.x.pointer + first * one.shape.inputCount,
        weights: keeps ? empty.pointer : inputs.weights.pointer, bias: inputs.bias.pointer,
        y: y.pointer + first * block.outputCount, argmax: nil)
    }
    return y
  }

  @Test(
    "few images on many threads, and weights that are kept, give the bytes of one thread",
    arguments: BlockCase.all)
  func few(one: BlockCase) {
    let (trained, inputs) = run(one, threads: 1)
    for ceiling in [nil, 0.5] as [Float?] {
      let alone = predict(
        one, inputs, at: one.batch, maximumBatch: one.batch, threads: 1, keeps: false,
        ceiling: ceiling)
      for (index, value) in alone.buffer.enumerated() {
        #expect(value == min(trained.y[index], ceiling ?? .infinity))
      }
      for threads in [1, 2, 5] {
        let y = predict(
          one, inputs, at: 1, maximumBatch: one.batch, threads: threads, keeps: threads > 1,
          ceiling: ceiling)
        #expect(bits(y) == bits(alone), "\(threads) threads")
      }
    }
  }

  @Test("single images of many channels agree with plain loops to 2e-5", arguments: [6, 7, 14])
  func singles(side: Int) {
    let shape = ConvolutionShape(
      inputHeight: side, inputWidth: side, inputChannels: 256, outputChannels: 256,
      kernelHeight: 3, kernelWidth: 3, padTop: 1, padLeft: 1, padBottom: 1, padRight: 1)
    let one = BlockCase(shape: shape, batch: 1)
    let inputs = BlockInputs(one, outputCount: shape.outputCount)
    let y = predict(one, inputs, at: 1, maximumBatch: 1, threads: 2, keeps: true)
    let expected = TensorMemory<Float>(count: shape.outputCount)
    Reference.convolutionForward(
      shape, relu: true, pool: nil, input: inputs.x.pointer, weights: inputs.weights.pointer,
      bias: inputs.bias.pointer, output: expected.pointer, choices: nil)
    #expect(difference(y, values(expected)) < 2e-5)
  }
}
