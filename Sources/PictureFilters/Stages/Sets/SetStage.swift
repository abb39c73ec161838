import KernelLanguage
import Raster

/// Several kernels on the same picture, their results combined.
///
///     maximum, minimum, sum:  out = ⌊(op_i v_i + bias) / divisor + ½⌋
///     magnitude:              out = ⌊√(Σ v_i²) / divisor + bias / divisor + ½⌋
///
/// `v_i` are the results of the kernels over their common divisor, magnitudes where `absolute`.
struct SetStage: SpreadableStage {
  struct Member: Sendable {
    /// Plain sums, in 32 or 64 bits.
    var pass: WindowPass
    /// What brings the sums to the common divisor.
    var factor: Int64
    /// The kernel's own offset over the common divisor.
    var bias: Int64
    /// What stands beyond the border, where it is no pixel.
    var border: LevelBorder?

    /// Adds what the taps beyond the border weigh to one row of sums over the common divisor.
    func addBorder(_ row: Int, to line: UnsafeMutablePointer<Int64>) {
      guard let border else { return }
      for columns in pass.borderColumns(row) {
        for x in columns {
          for channel in 0..<pass.kept {
            line[x * pass.kept + channel] &+=
              border.addend(row: row, column: x, channel: channel) &* factor
          }
        }
      }
    }
  }

  let input: PictureFormat
  let output: PictureFormat
  let members: [Member]
  let copies: [CorrelationStage.ChannelCopy]
  private let combination: Combination
  private let rounding: Rounding
  /// The narrowest that does.
  private var reducer: any SetReducer

  /// - Parameters:
  ///   - rounding: of the combined results over the common divisor.
  ///   - bound: the largest |result| of any kernel that any picture gives.
  ///   - squaresAreSmall: whether the squares of all results together stay below 2^22.
  init(
    input: PictureFormat, output: PictureFormat, members: [Member], combination: Combination,
    rounding: Rounding, bound: Int, squaresAreSmall: Bool, copies: [CorrelationStage.ChannelCopy]
  ) {
    self.input = input
    self.output = output
    self.members = members
    self.combination = combination
    self.rounding = rounding
    self.copies = copies
    reducer = LongReducer(members, combination, rounding, output: output)
    // The others write whole pixels.
    guard members[0].pass.kept == output.color.channels else { return }
    if let words = WordReducer(members, combination, rounding, bound: bound, output: output.sample)
    {
      reducer = words
    } else if let roots = RootReducer(
      members, combination, rounding, squaresAreSmall: squaresAreSmall, output: output.sample)
    {
      reducer = roots
    }
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    members.dropFirst().reduce(members[0].pass.inputRows(for: rows)) { all, member in
      let own = member.pass.inputRows(for: rows)
      return min(all.lowerBound, own.lowerBound)..<max(all.upperBound, own.upperBound)
    }
  }

  var heldBytes: Int {
    members.reduce(0) {
      $0 + $1.pass.body.weightBytes + ($1.border?.sums.body.weightBytes ?? 0)
    }
  }

  var summary: String {
    "\(members.count) kernels, \(combination), \(members[0].pass.body.summary)"
  }

  var reasons: [String] {
    // Most sets hold one kernel in several turns.
    members.reduce(into: [[String]]()) { all, member in
      let own = member.pass.reasons
      if !all.contains(own) { all.append(own) }
    }.flatMap { $0 }
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    combine(band.rows, from: window, into: band, scratch)
    let pass = members[0].pass
    copy(copies, from: window, to: band, [pass.vertical], [pass.horizontal])
  }

  private static let rowsAtOnce = 8

  /// The channels that are results; no band where the ending writes none.
  private func combine(
    _ rows: Range<Int>, from window: RowWindow, into band: RowBand?, _ scratch: Scratch
  ) {
    let source = SourceRows(window, scratch)
    // A few rows at a time, so that their sums stay in the cache.
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsAtOnce) {
      let some = first..<min(first + Self.rowsAtOnce, rows.upperBound)
      scratch.scoped { combine(some, from: source, into: band, scratch) }
    }
  }

  private func combine(
    _ rows: Range<Int>, from source: SourceRows, into band: RowBand?, _ scratch: Scratch
  ) {
    let count = output.width * members[0].pass.kept
    func sums(_ member: Member) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
      let sums = scratch.rows(
        rows.count, bytesPerRow: count * member.pass.body.output.byteCount)
      member.pass.run(
        rows: rows, columns: 0..<output.width, source: source.pointers, rowBase: source.firstRow,
        output: sums, scratch: scratch)
      return sums
    }
    let first = sums(members[0])
    let bytes = reducer.lineBytes * count
    let lines = bytes == 0 ? first : scratch.rows(rows.count, bytesPerRow: bytes)
    let spare = scratch.bytes(bytes)
    func take(_ member: Int, _ sums: UnsafeMutablePointer<UnsafeMutableRawPointer>) {
      for (index, row) in rows.enumerated() {
        reducer.take(
          sums[index],
          SetStep(
            member: member, isLast: member == members.count - 1, row: row, count: count,
            line: lines[index], spare: spare, output: band?.row(row) ?? spare))
      }
    }
    take(0, first)
    for member in members.indices.dropFirst() {
      scratch.scoped { take(member, sums(members[member])) }
    }
  }
}

// MARK: - Spreading

extension SetStage {
  func extremes(
    of rows: Range<Int>, in part: SelectedPart?, from window: RowWindow, scratch: Scratch
  ) -> Extremes {
    let search = ExtremeSearch(copied: Set(copies.map(\.to)), part: part)
    ending(.probed(search)).combine(rows, from: window, into: nil, scratch)
    return search.extremes
  }

  func spreading(_ extremes: Extremes) -> SetStage { ending(.spread(extremes)) }

  /// The same stage with another ending of its results.
  private func ending(_ ending: LongReducer.Ending) -> SetStage {
    var stage = self
    stage.reducer = LongReducer(members, combination, rounding, output: output, ending: ending)
    return stage
  }
}

// MARK: - Cost

extension SetStage {
  var operations: Double { members.reduce(0) { $0 + $1.pass.operations } }

  func scratchBytes(rows: Int) -> Int {
    let row = output.width * members[0].pass.kept * 8 + 192
    let held = min(rows, Self.rowsAtOnce)
    func bytes(_ member: Member) -> Int {
      member.pass.scratchBytes(rows: held).saturatingSum(held.saturatingProduct(row))
    }
    // The first sums, lines, and the sums of one kernel after the other.
    return members.dropFirst().reduce(0) { max($0, bytes($1)) }
      .saturatingSum(bytes(members[0])).saturatingSum((held + 1).saturatingProduct(row))
      .saturatingSum(pointerBytes(rows: rows))
  }

  func extremesBytes(rows: Int) -> Int { scratchBytes(rows: rows) }
}
