import ConvEngine
import Raster
import TestSupport
import Testing

@Suite("Sums that ranks tell each other as bf16")
struct RoundedSumTests {
  /// The gradient of the bias of a 1×1 convolution of images of one sample: the sum of `dy`.
  @Sendable private static func sum(_ dy: [Float], _ link: any RankLink) -> Float {
    let share = BatchShare(whole: dy.count, link, gradients: .bf16)
    let own = share.examples
    let shape = ConvolutionShape(
      inputHeight: 1, inputWidth: 1, inputChannels: 1, outputChannels: 1, kernelHeight: 1,
      kernelWidth: 1)
    let (x, y) = (TensorMemory<Float>(count: dy.count), TensorMemory<Float>(count: dy.count))
    let (weights, gradients) = (TensorMemory<Float>(count: 1), TensorMemory<Float>(count: 2))
    let gradient = TensorMemory<Float>(count: dy.count)
    for (index, value) in dy[own].enumerated() { gradient[index] = value }
    let block = ConvolutionBlock(
      shape, relu: false, maximumBatch: max(1, own.count), needsInputGradient: false,
      training: true, team: ThreadTeam(threads: 1))
    block.backward(
      batch: own.count, x: x.pointer, weights: weights.pointer, y: y.pointer, argmax: nil,
      dy: gradient.pointer, dx: nil, weightGradient: gradients.pointer,
      biasGradient: gradients.pointer + 1, share: share)
    share.exchange.finish()
    return gradients[1]
  }

  @Test("the sums of both ranks are rounded to the nearest, to the even of two, and so is theirs")
  func rounding() throws {
    // 8 bits of mantissa: between 256 and 512 even numbers, between 512 and 1,024 every fourth.
    for (first, second, sum) in [
      (257, 0, 256), (259, 0, 260), (258, 0, 258), (257.5, 0, 258), (257, 257, 512),
      (258, 256, 512), (260, 258, 520), (-259, 0, -260), (0.1, 0, 0.10009765625),
    ] as [(Float, Float, Float)] {
      let all = try ThreadRanks(2).run { Self.sum([first, second], $0) }
      #expect(all == [sum, sum], "\(first) and \(second)")
    }
    // Below the normal range.
    let smallest = Float(bitPattern: 0x007F_FFFF)
    #expect(try ThreadRanks(2).run { Self.sum([smallest, 0], $0) } == [0, 0])
    let burst = try ThreadRanks(2).run { Self.sum([.infinity, 1], $0) }
    #expect(burst.allSatisfy { $0 == .infinity })
    let none = try ThreadRanks(3).run { Self.sum([Float(nan: 0, signaling: false), 1, 2], $0) }
    #expect(none.allSatisfy { $0.isNaN })
  }
}
