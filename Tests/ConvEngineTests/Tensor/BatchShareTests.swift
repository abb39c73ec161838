import ConvEngine
import Raster
import TestSupport
import Testing

@Suite("Gradients over a batch that ranks share")
struct BatchShareTests {
  /// Gradients of the weights, then of the biases, of one rank's images.
  @Sendable private static func convolution(
    _ shape: ConvolutionShape, whole: Int, _ link: (any RankLink)?
  ) -> [Float] {
    let share = link.map { BatchShare(whole: whole, $0) }
    let own = share?.examples ?? 0..<whole
    var samples = TensorSamples(5)
    let x = samples.memory(whole * shape.inputCount)
    let weights = samples.memory(shape.weightCount)
    let dy = samples.memory(whole * shape.outputCount)
    let gradients = TensorMemory<Float>(count: shape.weightCount + shape.outputChannels)
    let y = TensorMemory<Float>(count: whole * shape.outputCount)
    let block = ConvolutionBlock(
      shape, relu: false, maximumBatch: max(1, own.count), needsInputGradient: false,
      training: true, team: ThreadTeam(threads: 1))
    block.backward(
      batch: own.count, x: x.pointer + own.lowerBound * shape.inputCount, weights: weights.pointer,
      y: y.pointer, argmax: nil, dy: dy.pointer + own.lowerBound * shape.outputCount, dx: nil,
      weightGradient: gradients.pointer, biasGradient: gradients.pointer + shape.weightCount,
      share: share)
    share?.exchange.finish()
    return Array(gradients.buffer)
  }

  @Test("few ranks and many have the bytes of one", arguments: [1, 2, 3, 5, 12, 16, 32, 33, 64])
  func sums(ranks: Int) throws {
    let shape = ConvolutionShape(
      inputHeight: 3, inputWidth: 3, inputChannels: 2, outputChannels: 5, kernelHeight: 2,
      kernelWidth: 2)
    let whole = ranks < 33 ? 48 : 2000
    let one = Self.convolution(shape, whole: whole, nil)
    #expect(one.contains { $0 != 0 })
    let all = try ThreadRanks(ranks).run { Self.convolution(shape, whole: whole, $0) }
    #expect(all.allSatisfy { $0 == one })
  }
}
