import ConvEngine
import Raster

/// A layer whose work on each image is its own, but for numbers of the whole batch in between: a neighbour that
/// goes from image to image may do it while these are in the cache.
///
/// Images have parts, counted through from the first image on. `y` may lie where `x` lies in a
/// network that does not learn, `dx` where `dy` lies.
protocol ImagewiseRun: LayerRun {
  var team: ThreadTeam { get }
  var parts: ImageParts { get }

  /// Whether numbers of the whole batch are needed.
  func measures(_ pass: Pass) -> Bool
  /// Before any part is measured, or its gradients are summed.
  func open(_ pass: Pass)
  /// Parts of `x` for these numbers.
  func measure(_ parts: Range<Int>, _ x: Values)
  /// Once all parts are measured.
  func settle(_ pass: Pass)
  /// y ← layer(x).
  func apply(_ parts: Range<Int>, _ x: Values, _ y: MutableValues)

  /// Whether numbers of the whole batch are needed on the way back.
  var sumsGradients: Bool { get }
  /// Parts of `x` and `dy` for these numbers.
  func sumGradients(_ parts: Range<Int>, _ x: Values, _ dy: MutableValues)
  /// Once all parts are summed.
  func settleGradients(_ pass: Pass)
  /// dx ← ∂loss/∂x.
  func passGradients(
    _ parts: Range<Int>, _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues)
}

/// How the items of images, one image behind the other, are divided.
struct ImageParts {
  /// Items of an image, and of a part but its last.
  private let items, size: Int
  /// Parts of an image: one where it is small.
  let ofImage: Int
  /// Parts that a thread takes at a time.
  let grain: Int

  /// - Parameter most: items of a part.
  init(items: Int, most: Int) {
    self.items = items
    ofImage = max(1, (items + most - 1) / most)
    size = (items + ofImage - 1) / ofImage
    grain = max(1, most / max(1, items))
  }

  /// The items of neighbouring parts, counted from the first of the first image.
  func items(of parts: Range<Int>) -> Range<Int> {
    start(parts.lowerBound)..<start(parts.upperBound)
  }

  private func start(_ part: Int) -> Int {
    let (image, index) = part.quotientAndRemainder(dividingBy: ofImage)
    return image * items + min(items, index * size)
  }
}

extension ImagewiseRun {
  func measures(_ pass: Pass) -> Bool { false }
  func open(_ pass: Pass) {}
  func measure(_ parts: Range<Int>, _ x: Values) {}
  func settle(_ pass: Pass) {}
  var sumsGradients: Bool { false }
  func sumGradients(_ parts: Range<Int>, _ x: Values, _ dy: MutableValues) {}
  func settleGradients(_ pass: Pass) {}

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    all(pass, measuring(x, pass))
    settle(pass)
    all(pass, applying(x, y))
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    all(pass, summing(x, dy, pass))
    settleGradients(pass)
    if let dx { all(pass, passing(x, y, dy, dx)) }
  }

  /// Work on some parts.
  typealias Work = @Sendable (_ parts: Range<Int>) -> Void

  /// All parts on the threads of the team.
  func all(_ pass: Pass, _ work: Work?) {
    if let work { team.split(0..<pass.count * parts.ofImage, grain: parts.grain, work) }
  }

  /// Work on images, as a neighbour does it.
  func visit(_ work: Work?) -> ImageVisits.Visit? {
    guard let work else { return nil }
    let parts = parts.ofImage
    return { work($0.lowerBound * parts..<$0.upperBound * parts) }
  }

  /// `open`, and `measure` to be done; nil where nothing needs it.
  func measuring(_ x: Values, _ pass: Pass) -> Work? {
    guard measures(pass) else { return nil }
    open(pass)
    // Safety: parts of a batch don't overlap; the chain holds this run.
    nonisolated(unsafe) let own: any ImagewiseRun = self
    nonisolated(unsafe) let x = x
    return { own.measure($0, x) }
  }

  /// `apply` to be done.
  func applying(_ x: Values, _ y: MutableValues) -> Work {
    // Safety: as above.
    nonisolated(unsafe) let own: any ImagewiseRun = self
    nonisolated(unsafe) let (x, y) = (x, y)
    return { own.apply($0, x, y) }
  }

  /// `open`, and `sumGradients` to be done; nil where nothing needs it.
  func summing(_ x: Values, _ dy: MutableValues, _ pass: Pass) -> Work? {
    guard sumsGradients else { return nil }
    open(pass)
    // Safety: as above.
    nonisolated(unsafe) let own: any ImagewiseRun = self
    nonisolated(unsafe) let (x, dy) = (x, dy)
    return { own.sumGradients($0, x, dy) }
  }

  /// `passGradients` to be done.
  func passing(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues) -> Work {
    // Safety: as above.
    nonisolated(unsafe) let own: any ImagewiseRun = self
    nonisolated(unsafe) let (x, y, dy, dx) = (x, y, dy, dx)
    return { own.passGradients($0, x, y, dy, dx) }
  }
}
