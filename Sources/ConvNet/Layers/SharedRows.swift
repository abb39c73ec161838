import ConvEngine
import Raster

/// The rows of a batch in parts of equal length, as a rank sees them.
///
/// A part that straddles ranks is summed by the one that holds its last row; those before it send it
/// theirs. So the parts are those of one process.
struct SharedRows: Sendable {
  /// This rank's rows, of all.
  private let own: Range<Int>
  /// Rows of the whole batch.
  let total: Int
  private let partRows: Int
  /// The parts that this rank sums.
  let owned: Range<Int>
  /// Rows that the ranks before hold of the first of them (or of the part that goes on behind this rank).
  let carriedIn: Int
  /// Rows that go to the next rank.
  private let carriedOut: Int

  /// - Parameters:
  ///   - places: rows of an example (≥ 1).
  ///   - partRows: rows of a part (≥ 1).
  init(_ pass: Pass, places: Int, partRows: Int) {
    let examples = pass.share?.examples ?? 0..<pass.count
    self.init(
      own: examples.lowerBound * places..<examples.upperBound * places,
      total: (pass.share?.whole ?? pass.count) * places, partRows: partRows)
  }

  init(own: Range<Int>, total: Int, partRows: Int) {
    (self.own, self.total, self.partRows) = (own, total, partRows)
    let first = own.lowerBound / partRows
    let end =
      own.upperBound == total ? (total + partRows - 1) / partRows : own.upperBound / partRows
    owned = own.isEmpty ? first..<first : first..<end
    carriedIn = own.lowerBound == total ? 0 : own.lowerBound % partRows
    carriedOut = own.upperBound == total ? 0 : own.upperBound % partRows
  }

  struct Part {
    /// The first row, of all; and how many there are.
    let start, count: Int
    /// The first row, counted from the first of this rank.
    let offset: Int
    /// Whether the first rows are other ranks'.
    var isStraddling: Bool { offset < 0 }
  }

  /// - Parameter index: counted from the first part that this rank sums.
  func part(_ index: Int) -> Part {
    let start = (owned.lowerBound + index) * partRows
    return Part(
      start: start, count: min(partRows, total - start), offset: start - own.lowerBound)
  }

  /// Own rows in the part that straddles this rank and those before.
  var ownInHead: Int {
    owned.isEmpty || carriedIn == 0 ? 0 : part(0).count - carriedIn
  }

  /// Own rows that the next rank gets, or one behind it.
  var ownInTail: Int { min(carriedOut, own.count) }

  /// Sends the rows of the part that goes on in the next rank, and lays the part together of which the
  /// ranks before hold rows.
  ///
  /// - Parameters:
  ///   - values: this rank's rows.
  ///   - heads: of each of `values`: that part.
  func carry(
    _ values: [UnsafePointer<Float>], rowLength: Int, into heads: [UnsafeMutablePointer<Float>],
    _ link: any RankLink
  ) {
    // Only where no part ends here do rows of others go on.
    let isPassedOn = carriedOut > own.count
    if carriedOut > 0, !isPassedOn { send(values, rowLength, link) }
    if carriedIn > 0 {
      for head in heads.prefix(values.count) {
        link.receive(
          UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(start: head, count: carriedIn * rowLength)),
          from: link.rank - 1)
      }
      for (head, values) in zip(heads, values) {
        (head + carriedIn * rowLength).update(
          from: values, count: (isPassedOn ? own.count : ownInHead) * rowLength)
      }
    }
    if isPassedOn {
      for head in heads.prefix(values.count) {
        link.send(
          UnsafeRawBufferPointer(
            UnsafeBufferPointer(start: head, count: carriedOut * rowLength)),
          to: link.rank + 1)
      }
    }
  }

  private func send(_ values: [UnsafePointer<Float>], _ rowLength: Int, _ link: any RankLink) {
    for values in values {
      link.send(
        UnsafeRawBufferPointer(
          UnsafeBufferPointer(
            start: values + (own.count - carriedOut) * rowLength, count: carriedOut * rowLength)),
        to: link.rank + 1)
    }
  }
}
