import ConvEngine
import Raster
import Testing

/// A convolution of each channel by itself.
struct DepthwiseCase: Sendable, CustomTestStringConvertible {
  var shape: ConvolutionShape
  var relu: Bool
  var batch: Int

  var testDescription: String {
    let s = shape
    return """
      \(s.inputHeight)x\(s.inputWidth)x\(s.inputChannels), \(s.kernelHeight)x\(s.kernelWidth), stride \
      \(s.strideY),\(s.strideX), dilation \(s.dilationY),\(s.dilationX), padding \(s.padTop),\
      \(s.padLeft),\(s.padBottom),\(s.padRight)\(relu ? " relu" : "") batch \(batch)
      """
  }

  static let all: [DepthwiseCase] = {
    var samples = TensorSamples(77)
    var cases: [DepthwiseCase] = []
    while cases.count < 40 {
      let channels = [1, 3, 8, 16, 32, 48, samples.integer(1...70)][samples.integer(0...6)]
      let shape = ConvolutionShape(
        inputHeight: samples.integer(1...12), inputWidth: samples.integer(1...15),
        inputChannels: channels, outputChannels: channels, kernelHeight: samples.integer(1...5),
        kernelWidth: samples.integer(1...5), strideY: samples.integer(1...3),
        strideX: samples.integer(1...3), dilationY: samples.integer(1...2),
        dilationX: samples.integer(1...2), padTop: samples.integer(0...6),
        padLeft: samples.integer(0...6), padBottom: samples.integer(0...6),
        padRight: samples.integer(0...6))
      guard shape.isValid else { continue }
      cases.append(
        DepthwiseCase(
          shape: shape, relu: samples.integer(0...1) == 0, batch: samples.integer(1...18)))
    }
    // Rows long enough for whole windows, of which some lie beside the map.
    for (taps, stride) in [(3, 1), (3, 2), (5, 1), (5, 2)] {
      for _ in 0..<5 {
        let channels = [3, 16, 32, 65][samples.integer(0...3)]
        let (left, right) = (samples.integer(0...7), samples.integer(0...7))
        let shape = ConvolutionShape(
          inputHeight: samples.integer(1...9),
          inputWidth: 6 * stride + taps + samples.integer(0...16), inputChannels: channels,
          outputChannels: channels, kernelHeight: samples.integer(1...5), kernelWidth: taps,
          strideY: samples.integer(1...2), strideX: stride,
          dilationY: samples.integer(1...2), padTop: 4, padLeft: left, padBottom: 4,
          padRight: right)
        precondition(shape.outputWidth >= 7, "rows of whole windows")
        cases.append(
          DepthwiseCase(
            shape: shape, relu: samples.integer(0...1) == 0, batch: samples.integer(1...5)))
      }
    }
    // Many channels on a small map: threads share the channels.
    for channels in [400, 391] {
      let shape = ConvolutionShape(
        inputHeight: 5, inputWidth: 6, inputChannels: channels, outputChannels: channels,
        kernelHeight: 5, kernelWidth: 3, padTop: 2, padLeft: 1, padBottom: 2, padRight: 1)
      cases.append(DepthwiseCase(shape: shape, relu: channels % 2 == 0, batch: 2))
    }
    return cases
  }()

  struct Result {
    let x, weights, bias, dy, y, dx, weightGradient, biasGradient: TensorMemory<Float>
  }

  func run(threads: Int, set: InstructionSet = .current) -> Result {
    let block = DepthwiseBlock(
      shape, relu: relu, maximumBatch: batch, training: true, team: ThreadTeam(threads: threads),
      instructionSet: set)
    var samples = TensorSamples(9)
    let result = Result(
      x: samples.memory(batch * shape.inputCount), weights: samples.memory(block.weightCount),
      bias: samples.memory(shape.outputChannels), dy: samples.memory(batch * shape.outputCount),
      y: TensorMemory(count: batch * shape.outputCount),
      dx: TensorMemory(count: batch * shape.inputCount),
      weightGradient: TensorMemory(count: block.weightCount),
      biasGradient: TensorMemory(count: shape.outputChannels))
    let dy = TensorMemory<Float>(count: result.dy.count)
    // Twice: the second pass must not see what the first left behind.
    for _ in 0..<2 {
      dy.pointer.update(from: result.dy.pointer, count: dy.count)
      block.forward(
        batch: batch, x: result.x.pointer, weights: result.weights.pointer,
        bias: result.bias.pointer, y: result.y.pointer)
      block.backward(
        batch: batch, x: result.x.pointer, weights: result.weights.pointer, y: result.y.pointer,
        dy: dy.pointer, dx: result.dx.pointer, weightGradient: result.weightGradient.pointer,
        biasGradient: result.biasGradient.pointer)
    }
    return result
  }

  /// Outputs and gradients by plain loops in double precision, channel by channel.
  func reference(_ inputs: Result) -> (y: [Double], dx: [Double], dw: [Double], db: [Double]) {
    let (s, channels) = (shape, shape.inputChannels)
    var y = [Double](repeating: 0, count: inputs.y.count)
    var dx = [Double](repeating: 0, count: inputs.x.count)
    var dw = [Double](repeating: 0, count: inputs.weights.count)
    var db = [Double](repeating: 0, count: channels)
    for image in 0..<batch {
      for row in 0..<s.outputHeight {
        for column in 0..<s.outputWidth {
          for c in 0..<channels {
            let out =
              ((image * s.outputHeight + row) * s.outputWidth + column) * channels + c
            var taps: [(weight: Int, sample: Int)] = []
            for j in 0..<s.kernelHeight {
              for i in 0..<s.kernelWidth {
                let (v, u) = (
                  row * s.strideY + j * s.dilationY - s.padTop,
                  column * s.strideX + i * s.dilationX - s.padLeft
                )
                guard (0..<s.inputHeight).contains(v), (0..<s.inputWidth).contains(u) else {
                  continue
                }
                taps.append(
                  (
                    (j * s.kernelWidth + i) * channels + c,
                    ((image * s.inputHeight + v) * s.inputWidth + u) * channels + c
                  ))
              }
            }
            let sum = taps.reduce(Double(inputs.bias[c])) {
              $0 + Double(inputs.weights[$1.weight]) * Double(inputs.x[$1.sample])
            }
            y[out] = relu ? max(sum, 0) : sum
            // Near 0 the ReLU may fall either way: the way back follows the block's own output.
            if relu && inputs.y[out] <= 0 { continue }
            let gradient = Double(inputs.dy[out])
            db[c] += gradient
            for (weight, sample) in taps {
              dw[weight] += gradient * Double(inputs.x[sample])
              dx[sample] += gradient * Double(inputs.weights[weight])
            }
          }
        }
      }
    }
    return (y, dx, dw, db)
  }
}

@Suite struct DepthwiseBlockTests {
  @Test("every instruction set agrees with plain loops to 1e-5", arguments: DepthwiseCase.all)
  func reference(one: DepthwiseCase) {
    for set in InstructionSet.available {
      let result = one.run(threads: 2, set: set)
      let expected = one.reference(result)
      #expect(difference(result.y, expected.y) < 1e-5, "\(set) forward")
      #expect(difference(result.dx, expected.dx) < 1e-5, "\(set) input")
      #expect(difference(result.weightGradient, expected.dw) < 1e-5, "\(set) weights")
      #expect(difference(result.biasGradient, expected.db) < 1e-5, "\(set) bias")
    }
  }

  @Test(
    "any number of threads gives the same bytes",
    arguments: DepthwiseCase.all.prefix(12) + DepthwiseCase.all.suffix(2))
  func threads(one: DepthwiseCase) {
    let (alone, team) = (one.run(threads: 1), one.run(threads: 3))
    #expect(bits(alone.y) == bits(team.y))
    #expect(bits(alone.dx) == bits(team.dx))
    #expect(bits(alone.weightGradient) == bits(team.weightGradient))
    #expect(bits(alone.biasGradient) == bits(team.biasGradient))
  }

  @Test("a ceiling cuts off what is larger and leaves the rest as it was")
  func ceiling() {
    let one = DepthwiseCase.all[0]
    let whole = one.run(threads: 1)
    for set in InstructionSet.available {
      let block = DepthwiseBlock(
        one.shape, relu: one.relu, ceiling: 0.25, maximumBatch: one.batch, training: false,
        team: ThreadTeam(threads: 1), instructionSet: set)
      let y = TensorMemory<Float>(count: whole.y.count)
      block.forward(
        batch: one.batch, x: whole.x.pointer, weights: whole.weights.pointer,
        bias: whole.bias.pointer, y: y.pointer)
      #expect(difference(y, whole.y.buffer.map { Double(min($0, 0.25)) }) < 1e-5)
      #expect(y.buffer.contains(0.25))
    }
  }
}
