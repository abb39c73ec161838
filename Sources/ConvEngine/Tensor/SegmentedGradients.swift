import Raster

/// A way back for all images of a segment at a time: their operands are laid down first, then each block of
/// weights takes its products over all of them.
protocol SegmentedGradients: Sendable {
  associatedtype Segment: Sendable
  /// Images whose operands are held at a time (≥ 1).
  var imagesAtOnce: Int { get }

  /// Room for the images of some pieces of the batch.
  func segment(_ pieces: [Range<Int>], _ memory: PassMemory) -> Segment

  /// Lays down the operands of an image.
  ///
  /// - Parameters:
  ///   - dy: the gradient of the convolution, before the pooling.
  ///   - index: the image's place in the segment.
  func lay(
    _ x: UnsafePointer<Float>, gradient dy: UnsafePointer<Float>, at index: Int,
    _ segment: Segment)

  /// The gradient of the weights over the pieces, `[tap][channel][filter]`, by their tree.
  func sumWeights(
    _ segment: Segment, into gradient: UnsafeMutablePointer<Float>, _ team: ThreadTeam)

  /// The gradients of the inputs of its images, from the first on.
  func writeInputs(
    _ segment: Segment, images: Int, into dx: UnsafeMutablePointer<Float>, _ team: ThreadTeam)
}

/// Pieces of a segment at most.
let mostPieces = 64
