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
    // Products of blocks: whole and in parts, strided, with taps apart.
    cases += [
      strided(9, 32, 48, k: 3, stride: 2, pad: 1), strided(8, 20, 16, k: 1, stride: 2, pad: 0),
      strided(13, 17, 35, k: 5, stride: 3, pad: 2), strided(7, 64, 96, k: 2, stride: 3, pad: 1),
      BlockCase(shape: shape(7, 96, 160, pad: 1), relu: false, pool: two, batch: 18),
    ]
    var samples = TensorSamples(2024)
    while cases.count < 82 {
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
  areCoarse: Bool = false, blocks: Bool? = nil
) -> (BlockResult, BlockInputs) {
  let team = ThreadTeam(threads: threads)
  let block = ConvolutionBlock(
    one.shape, relu: one.relu, pool: one.pool, maximumBatch: one.batch, needsInputGradient: true,
    training: true, precision: precision, team: team, instructionSet: set,
    blocks: blocks)
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
