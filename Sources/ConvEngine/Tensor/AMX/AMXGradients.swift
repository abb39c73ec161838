internal import CConvKernels
import Raster

/// The way back of a `ConvolutionBlock` through blocks of bfloat16.
///
/// The gradient of the weights is a product over all outputs of a piece of the batch, numbered along the rows
/// of the input's frame: of a tap, the samples that it sees lie one after the other, too.
final class AMXGradients: SegmentedGradients {
  let plan: ConvolutionPlan
  let kernels: TensorKernels
  let products: AMXWeightProducts
  let input: AMXInputGradient?
  private let spaces: Workspaces<Workspace>
  private let blocks: Workspaces<TensorMemory<Float>>
  private let pieces: Workspaces<PieceMemory>

  /// The input of an image and the gradient of its output, as the products number their samples.
  private final class Workspace: Sendable {
    let samples, gradient, pairs: TensorMemory<Float>

    init(_ products: AMXWeightProducts) {
      samples = TensorMemory(count: products.sampleCount)
      gradient = TensorMemory(count: products.gradientCount)
      pairs = TensorMemory(count: products.gradientCount / 2)
    }
  }

  /// What a task needs that goes through a piece by itself: the operands of some images, the sums of all blocks.
  private final class PieceMemory: Sendable {
    let samples, gradients, sums: TensorMemory<Float>

    init(_ products: AMXWeightProducts, _ gradientFloats: Int, images: Int) {
      samples = TensorMemory(count: images * products.pairCount)
      gradients = TensorMemory(count: images * gradientFloats)
      sums = TensorMemory(count: products.sumCount)
    }
  }

  init?(_ plan: ConvolutionPlan, _ kernels: TensorKernels, needsInputGradient: Bool) {
    guard plan.takesBlocks(kernels) else { return nil }
    self.plan = plan
    self.kernels = kernels
    let products = AMXWeightProducts(plan)
    self.products = products
    input = needsInputGradient ? AMXInputGradient(plan, kernels) : nil
    spaces = Workspaces { Workspace(products) }
    blocks = Workspaces { TensorMemory(count: products.blockCount) }
    let floats = products.turnedCount + (input?.frameFloats ?? 0)
    let images = Self.imagesOfGroup(products)
    pieces = Workspaces { PieceMemory(products, floats, images: images) }
  }

  /// Whether the weights are too many to be summed image by image: then segments are gone through.
  var isDeep: Bool { products.sumCount > 1 << 17 }

  /// Images whose operands are in the cache together, as many as give their sums some steps.
  private static func imagesOfGroup(_ products: AMXWeightProducts) -> Int {
    max(1, 32 / products.steps)
  }

  /// A piece of the batch, some images after the others, each while it is in the cache.
  ///
  /// - Parameters:
  ///   - dx: written where it is not nil.
  ///   - weightGradient: `[tap][channel][filter]`, written.
  ///   - finished: called once images of `dx` are written.
  ///   - gradient: that of the convolution of an image, before the pooling; asked for once each, and used before
  ///     the next.
  func run(
    _ images: Range<Int>, x: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, finished: ImageVisits.Visit?,
    gradient: (Int) -> UnsafePointer<Float>
  ) {
    let atOnce = Self.imagesOfGroup(products)
    pieces.borrow { memory in
      let group = Segment(
        first: 0, pieces: [], samples: memory.samples.pointer,
        gradients: memory.gradients.pointer, sampleCount: products.pairCount,
        gradientCount: gradientFloats)
      for first in stride(from: images.lowerBound, to: images.upperBound, by: atOnce) {
        let count = min(atOnce, images.upperBound - first)
        for index in 0..<count {
          let image = first + index
          lay(x + image * plan.shape.inputCount, gradient: gradient(image), at: index, group)
        }
        for block in 0..<products.blocks {
          products.multiply(
            block: block, images: count, group.samples, group.sampleCount, group.gradients,
            group.gradientCount, kernels, adds: first > images.lowerBound,
            into: memory.sums.pointer + block * products.blockFloats)
        }
        guard let dx, let input else { continue }
        for start in stride(from: 0, to: count, by: input.imagesAtOnce) {
          input.run(
            group.gradients + start * group.gradientCount + products.turnedCount,
            distance: group.gradientCount, images: min(input.imagesAtOnce, count - start),
            into: dx + (first + start) * plan.shape.inputCount)
        }
        finished?(first..<first + count)
      }
      for block in 0..<products.blocks {
        products.write(
          block: block, memory.sums.pointer + block * products.blockFloats, kernels,
          into: weightGradient)
      }
    }
  }

  /// Operands of images, one after the other.
  struct Segment: @unchecked Sendable {
    // Safety: tasks keep to their own images while these are laid down, and read them afterwards.
    let first: Int
    let pieces: [Range<Int>]
    /// Pairs of samples; then for each image the turned pairs of the gradient and, for the gradient of the
    /// input, its frame.
    let samples, gradients: UnsafeMutablePointer<Float>
    /// Floats of an image.
    let sampleCount, gradientCount: Int
  }

  private var gradientFloats: Int { products.turnedCount + (input?.frameFloats ?? 0) }

  var imagesAtOnce: Int {
    /// Floats of operands at a time: 32 MB.
    let most = 1 << 23
    return max(1, most / (products.pairCount + gradientFloats))
  }

  func segment(_ pieces: [Range<Int>], _ memory: PassMemory) -> Segment {
    let first = pieces[0].lowerBound
    let images = pieces[pieces.count - 1].upperBound - first
    return Segment(
      first: first, pieces: pieces, samples: memory.floats(.inputs, images * products.pairCount),
      gradients: memory.floats(.products, images * gradientFloats),
      sampleCount: products.pairCount, gradientCount: gradientFloats)
  }

  func lay(
    _ x: UnsafePointer<Float>, gradient dy: UnsafePointer<Float>, at index: Int,
    _ segment: Segment
  ) {
    let gradients = segment.gradients + index * segment.gradientCount
    spaces.borrow { space in
      plan.copy(x, into: space.samples.pointer)
      products.pair(
        space.samples.pointer, kernels, into: segment.samples + index * segment.sampleCount)
      products.turn(
        dy, kernels, frame: space.gradient.pointer, pairs: space.pairs.pointer, into: gradients)
    }
    input?.lay(dy, into: gradients + products.turnedCount)
  }

  func sumWeights(
    _ segment: Segment, into gradient: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    nonisolated(unsafe) let gradient = gradient
    let (count, all) = (products.blockFloats, products)
    // Safety: each task has a block of the gradient of its own.
    team.run(products.blocks) { index in
      self.blocks.borrow { memory in
        let sums = memory.pointer
        var counter = TreeCounter { to, from in
          self.kernels.table.combine(count, 1, sums + from * count, 1, sums + to * count)
        }
        for piece in segment.pieces {
          let from = piece.lowerBound - segment.first
          all.multiply(
            block: index, images: piece.count, segment.samples + from * segment.sampleCount,
            segment.sampleCount, segment.gradients + from * segment.gradientCount,
            segment.gradientCount, self.kernels, adds: false, into: sums + counter.next * count)
          counter.add(leaves: 1)
        }
        counter.finish()
        all.write(block: index, sums, self.kernels, into: gradient)
      }
    }
  }

  func writeInputs(
    _ segment: Segment, images: Int, into dx: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    let group = input!.imagesAtOnce
    nonisolated(unsafe) let dx = dx
    // Safety: each task writes its own images.
    team.run((images + group - 1) / group) { index in
      let first = index * group
      self.input!.run(
        segment.gradients + first * segment.gradientCount + self.products.turnedCount,
        distance: segment.gradientCount, images: min(group, images - first),
        into: dx + first * self.plan.shape.inputCount)
    }
  }
}
