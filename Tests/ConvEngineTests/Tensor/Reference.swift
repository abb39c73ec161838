import ConvEngine

/// Plain loops with sums in double precision: what the fast paths are tested against.
enum Reference {
  /// The sum of `convolution` before bias and activation, all in double precision.
  private static func sum(
    _ g: ConvolutionShape, _ input: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ y: Int, _ x: Int, _ f: Int
  ) -> Double {
    var sum = 0.0
    for j in 0..<g.kernelHeight {
      let row = y * g.strideY + j * g.dilationY - g.padTop
      guard row >= 0 && row < g.inputHeight else { continue }
      for i in 0..<g.kernelWidth {
        let column = x * g.strideX + i * g.dilationX - g.padLeft
        guard column >= 0 && column < g.inputWidth else { continue }
        for c in 0..<g.inputChannels {
          sum +=
            Double(input[(row * g.inputWidth + column) * g.inputChannels + c])
            * Double(
              weights[((j * g.kernelWidth + i) * g.inputChannels + c) * g.outputChannels + f])
        }
      }
    }
    return sum
  }

  /// One image through convolution, bias and, if asked for, ReLU and max pooling.
  ///
  /// - Parameter choices: for each output, the index of the maximum in its window; nil: not kept.
  static func convolutionForward(
    _ g: ConvolutionShape, relu: Bool, pool: PoolShape?, input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>, choices: UnsafeMutablePointer<UInt8>?
  ) {
    let window = pool ?? PoolShape(windowHeight: 1, windowWidth: 1)
    let rows = (g.outputHeight - window.windowHeight) / window.strideY + 1
    let columns = (g.outputWidth - window.windowWidth) / window.strideX + 1
    for y in 0..<rows {
      for x in 0..<columns {
        for f in 0..<g.outputChannels {
          var best = -Float.infinity
          var choice = 0
          for j in 0..<window.windowHeight {
            for i in 0..<window.windowWidth {
              let sum = Self.sum(
                g, input, weights, y * window.strideY + j, x * window.strideX + i, f)
              let value = Float(sum + Double(bias?[f] ?? 0))
              if value > best {
                best = value
                choice = j * window.windowWidth + i
              }
            }
          }
          let index = (y * columns + x) * g.outputChannels + f
          output[index] = relu ? max(best, 0) : best
          choices?[index] = UInt8(choice)
        }
      }
    }
  }

  /// Gradients of one image, added to `weightGradient`, `biasGradient` (double) and
  /// `inputGradient`.
  static func convolutionBackward(
    _ g: ConvolutionShape, relu: Bool, pool: PoolShape?, input: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, output: UnsafePointer<Float>, choices: UnsafePointer<UInt8>?,
    outputGradient: UnsafePointer<Float>, weightGradient: UnsafeMutablePointer<Double>,
    biasGradient: UnsafeMutablePointer<Double>?, inputGradient: UnsafeMutablePointer<Double>?
  ) {
    let window = pool ?? PoolShape(windowHeight: 1, windowWidth: 1)
    let rows = (g.outputHeight - window.windowHeight) / window.strideY + 1
    let columns = (g.outputWidth - window.windowWidth) / window.strideX + 1
    for y in 0..<rows {
      for x in 0..<columns {
        for f in 0..<g.outputChannels {
          let index = (y * columns + x) * g.outputChannels + f
          if relu && output[index] <= 0 { continue }
          let gradient = Double(outputGradient[index])
          let choice = pool == nil ? 0 : Int(choices![index])
          let top = (y * window.strideY + choice / window.windowWidth) * g.strideY - g.padTop
          let left = (x * window.strideX + choice % window.windowWidth) * g.strideX - g.padLeft
          biasGradient?[f] += gradient
          for j in 0..<g.kernelHeight {
            let row = top + j * g.dilationY
            guard row >= 0 && row < g.inputHeight else { continue }
            for i in 0..<g.kernelWidth {
              let column = left + i * g.dilationX
              guard column >= 0 && column < g.inputWidth else { continue }
              for c in 0..<g.inputChannels {
                let tap = ((j * g.kernelWidth + i) * g.inputChannels + c) * g.outputChannels + f
                let sample = (row * g.inputWidth + column) * g.inputChannels + c
                weightGradient[tap] += gradient * Double(input[sample])
                inputGradient?[sample] += gradient * Double(weights[tap])
              }
            }
          }
        }
      }
    }
  }
}
