import ConvEngine
import Raster
import Testing

/// A depthwise convolution with 1×1 convolutions around it.
struct BandedCase: Sendable, CustomTestStringConvertible {
  var shape: ConvolutionShape
  /// Channels before and behind; nil for no such convolution.
  var before, behind: Int?
  var batch: Int
  var cache: Int

  var testDescription: String {
    """
    \(shape.inputHeight)x\(shape.inputWidth), \(before.map { "\($0) → " } ?? "")\(shape.inputChannels)\
    \(behind.map { " → \($0)" } ?? ""), \(shape.kernelHeight)x\(shape.kernelWidth), stride \
    \(shape.strideY), padding \(shape.padTop), \(shape.padBottom), batch \(batch), cache \(cache)
    """
  }

  static let all: [BandedCase] = {
    var samples = TensorSamples(5)
    return (0..<30).map { index in
      let channels = samples.integer(1...40)
      let taps = [1, 3, 5][samples.integer(0...2)]
      // Padding above and below also so large that some rows see nothing of the map.
      let pad = [0, taps / 2, taps + 1][samples.integer(0...2)]
      let stride = samples.integer(1...3)
      let shape = ConvolutionShape(
        inputHeight: samples.integer(5...30), inputWidth: samples.integer(5...20),
        inputChannels: channels, outputChannels: channels, kernelHeight: taps, kernelWidth: taps,
        strideY: stride, strideX: samples.integer(1...2), padTop: pad, padLeft: taps / 2,
        padBottom: pad, padRight: taps / 2)
      return BandedCase(
        shape: shape, before: index % 3 == 0 ? nil : samples.integer(1...20),
        behind: index % 3 == 1 ? nil : samples.integer(1...20), batch: samples.integer(1...7),
        cache: [1, 3000, 1 << 16][samples.integer(0...2)])
    }
  }()

  /// The convolution of 1×1 taps that makes `outputs` channels of `inputs`.
  private func product(_ inputs: Int, _ outputs: Int, height: Int, width: Int) -> ConvolutionShape {
    ConvolutionShape(
      inputHeight: height, inputWidth: width, inputChannels: inputs, outputChannels: outputs,
      kernelHeight: 1, kernelWidth: 1)
  }

  /// What the blocks make of the same images one after the other, and band by band.
  func outputs(
    _ team: ThreadTeam, _ set: InstructionSet
  ) -> (apart: TensorMemory<Float>, banded: TensorMemory<Float>) {
    var samples = TensorSamples(8)
    let channels = shape.inputChannels
    let first = before.map {
      product($0, channels, height: shape.inputHeight, width: shape.inputWidth)
    }
    let last = behind.map {
      product(channels, $0, height: shape.outputHeight, width: shape.outputWidth)
    }
    let x = samples.memory(batch * (first?.inputCount ?? shape.inputCount))
    let weights = (
      samples.memory(first?.weightCount ?? 0),
      samples.memory(shape.kernelHeight * shape.kernelWidth * channels),
      samples.memory(last?.weightCount ?? 0)
    )
    let biases = (samples.memory(channels), samples.memory(channels), samples.memory(behind ?? 0))
    func block(
      _ shape: ConvolutionShape, _ weights: TensorMemory<Float>, relu: Bool
    ) -> ConvolutionBlock {
      let block = ConvolutionBlock(
        shape, relu: relu, ceiling: 0.5, maximumBatch: batch, needsInputGradient: false,
        training: false, team: team, instructionSet: set)
      block.keep(weights.pointer)
      return block
    }
    let widening = first.map { block($0, weights.0, relu: true) }
    let narrowing = last.map { block($0, weights.2, relu: false) }
    let depthwise = DepthwiseBlock(
      shape, relu: true, ceiling: 0.5, maximumBatch: batch, training: false, team: team,
      instructionSet: set)

    let wide = TensorMemory<Float>(count: batch * shape.inputCount)
    let narrow = TensorMemory<Float>(count: batch * shape.outputCount)
    let count = batch * (last?.outputCount ?? shape.outputCount)
    let apart = TensorMemory<Float>(count: count)
    widening?.forward(
      batch: batch, x: x.pointer, weights: weights.0.pointer, bias: biases.0.pointer,
      y: wide.pointer, argmax: nil)
    depthwise.forward(
      batch: batch, x: widening == nil ? x.pointer : wide.pointer, weights: weights.1.pointer,
      bias: biases.1.pointer, y: narrowing == nil ? apart.pointer : narrow.pointer)
    narrowing?.forward(
      batch: batch, x: narrow.pointer, weights: weights.2.pointer, bias: biases.2.pointer,
      y: apart.pointer, argmax: nil)

    let banded = TensorMemory<Float>(count: count)
    let bands = BandedBlock(widening, depthwise, narrowing, team: team, cache: cache)
    // Twice: the second pass must not see what the first left behind.
    for _ in 0..<2 {
      bands.forward(
        batch: batch, x: x.pointer, weights: weights.1.pointer,
        biases: (
          widening == nil ? nil : UnsafePointer(biases.0.pointer),
          UnsafePointer(biases.1.pointer),
          narrowing == nil ? nil : UnsafePointer(biases.2.pointer)
        ), y: banded.pointer)
    }
    return (apart, banded)
  }
}

@Suite struct BandedBlockTests {
  @Test("bands of rows yield the bytes of whole maps, by any team", arguments: BandedCase.all)
  func same(one: BandedCase) {
    for set in InstructionSet.available {
      for threads in [1, 3] {
        let (apart, banded) = one.outputs(ThreadTeam(threads: threads), set)
        #expect(bits(apart) == bits(banded), "\(set), \(threads) threads")
        #expect(apart.buffer.contains { $0 != 0 }, "\(set)")
      }
    }
  }
}
