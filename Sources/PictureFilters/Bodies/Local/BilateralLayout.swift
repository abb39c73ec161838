internal import CConvKernels
import KernelLanguage

/// A tap's weight at one pixel is that of the opposite tap at the other.
enum BilateralWay {
  /// It is worked out once and held for the other.
  case held
  /// Each is worked out where it is used.
  case unheld
}

/// Where the colours of some columns lie in cells, and the weights that are held.
struct BilateralLayout {
  /// Pixels of a strip.
  var strip = 64
  /// Cells of a row of one colour, or of weights.
  let pitch: Int
  /// Cells before the first column of a row: whole vectors begin at the first pixel.
  let lead: Int
  /// For each tap after the middle one: where its rows of weights begin, after all planes.
  var weights: [Int] = []
  /// Of all planes and weights; the middle tap's, always the same, are the last row.
  let cells: Int

  /// - Parameters:
  ///   - rowsBelow: how far below the middle one each tap after it lies.
  ///   - cell: bytes of one.
  init(
    _ request: LikenessRequest<Bilateral>, _ way: BilateralWay, rowsBelow: [Int], cell: Int
  ) throws(BodyRefusal) {
    let size = request.kind.size
    let lead = 31 - (size / 2 + 31) % 32
    self.lead = lead
    func pitched(_ strip: Int) -> Int {
      (lead + strip + size - 1 + Int(conv_local_slack) + 31) / 32 * 32
    }
    var rows = size * request.colors
    if way == .held {
      // So much stays in the caches.
      let most = 192_000 / cell
      let held = rowsBelow.reduce(rows) { $0 + $1 + 1 }
      guard let strip = [1024, 512, 256, 128, 64].first(where: { pitched($0) * held <= most })
      else {
        throw .tooManyWeights
      }
      self.strip = strip
      for below in rowsBelow {
        weights.append(pitched(strip) * rows)
        rows += below + 1
      }
      rows += 1
    }
    pitch = pitched(strip)
    cells = pitch * rows
  }
}
