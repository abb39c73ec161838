import ConvEngine
import Raster
import Testing

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
  func pairs(one: BlockCase) { check(one, .current, .bf16, blocks: false) }

  @Test(
    "those of AMX, too: with its instructions and without", arguments: BlockCase.all,
    InstructionSet.available)
  func blocks(one: BlockCase, set: InstructionSet) {
    let shape = one.shape
    if min(shape.inputChannels, shape.outputChannels) < 16 || shape.strideX != shape.strideY {
      return
    }
    check(one, set, .bf16, blocks: true)
  }

  private func check(
    _ one: BlockCase, _ set: InstructionSet, _ precision: Precision, blocks: Bool? = nil
  ) {
    // Tiles of 4 by 4 round more often than the sums that they save.
    let tolerance = one.shape.inputChannels > 64 ? 2e-5 : 1e-5
    let (result, inputs) = run(
      one, threads: 2, set: set, precision: precision, areCoarse: precision == .bf16,
      blocks: blocks)
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
    "any number of threads gives the same bytes", arguments: BlockCase.all.prefix(31),
    Precision.allCases)
  func threads(one: BlockCase, precision: Precision) { sameBytes(one, precision, blocks: false) }

  @Test("blocks of bfloat16 as well", arguments: BlockCase.all.prefix(31))
  func threadsOfBlocks(one: BlockCase) { sameBytes(one, .bf16, blocks: true) }

  private func sameBytes(_ one: BlockCase, _ precision: Precision, blocks: Bool) {
    let (alone, _) = run(one, threads: 1, precision: precision, blocks: blocks)
    for threads in [2, 3] {
      let (team, _) = run(one, threads: threads, precision: precision, blocks: blocks)
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
    keeps: Bool, ceiling: Float? = nil, precision: Precision = .f32, blocks: Bool? = nil
  ) -> TensorMemory<Float> {
    let block = ConvolutionBlock(
      one.shape, relu: one.relu, ceiling: ceiling, pool: one.pool, maximumBatch: maximumBatch,
      needsInputGradient: false, training: false, precision: precision,
      team: ThreadTeam(threads: threads), blocks: blocks)
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
  func few(one: BlockCase) { predicted(one, .f32) }

  @Test("in bfloat16 as well, with blocks and without", arguments: BlockCase.all, [false, true])
  func fewOfPairs(one: BlockCase, blocks: Bool) { predicted(one, .bf16, blocks: blocks) }

  private func predicted(_ one: BlockCase, _ precision: Precision, blocks: Bool? = nil) {
    let (trained, inputs) = run(one, threads: 1, precision: precision, blocks: blocks)
    for ceiling in [nil, 0.5] as [Float?] {
      let alone = predict(
        one, inputs, at: one.batch, maximumBatch: one.batch, threads: 1, keeps: false,
        ceiling: ceiling, precision: precision, blocks: blocks)
      for (index, value) in alone.buffer.enumerated() {
        #expect(value == min(trained.y[index], ceiling ?? .infinity))
      }
      for threads in [1, 2, 5] {
        let y = predict(
          one, inputs, at: 1, maximumBatch: one.batch, threads: threads, keeps: threads > 1,
          ceiling: ceiling, precision: precision, blocks: blocks)
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
