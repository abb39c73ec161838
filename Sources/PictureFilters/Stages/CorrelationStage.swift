import Raster

/// A stage whose body yields finished samples; some channels may be copied instead.
struct CorrelationStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  let pass: WindowPass
  /// Output channels that are copies of an input channel.
  var copies: [ChannelCopy]
  /// How windows are finished that reach over the border, where the pass does not.
  let border: (any BorderRule)?
  /// Whether no intermediate is rounded.
  let isExact: Bool
  let note: String

  struct ChannelCopy: Sendable, Hashable {
    var from: Int
    var to: Int
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { pass.inputRows(for: rows) }

  var operations: Double { pass.operations }

  func scratchBytes(rows: Int) -> Int {
    let plane =
      pass.kept == output.color.channels
      ? 0 : rows.saturatingProduct(output.width * pass.kept * output.sample.byteCount + 192)
    let finish = border.map { $0.scratchBytes } ?? 0
    return [pointerBytes(rows: rows), 8 * rows, plane, finish].reduce(
      pass.scratchBytes(rows: rows)
    ) { $0.saturatingSum($1) }
  }

  var preferredRows: Int { pass.body.preferredRows }
  var wastesShortBands: Bool { pass.body.wastesShortCalls && !pass.areApart }
  var heldBytes: Int { pass.body.weightBytes + (border?.sums.body.weightBytes ?? 0) }

  var summary: String { note.isEmpty ? pass.body.summary : note + ", " + pass.body.summary }
  var reasons: [String] { pass.reasons }

  /// Rows that are looked at again do not go past the caches.
  var streams: Bool {
    pass.streams && pass.kept == output.color.channels && border == nil && copies.isEmpty
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    produce(band, window, scratch, past: false)
  }

  func stream(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    produce(band, window, scratch, past: streams)
  }

  private func produce(_ band: RowBand, _ window: RowWindow, _ scratch: Scratch, past: Bool) {
    let source = SourceRows(window, scratch)
    let result = scratch.array(of: UnsafeMutableRawPointer.self, band.count)
    for index in 0..<band.count { result[index] = band.base + index * band.pitch }

    let together = pass.kept == output.color.channels
    let target =
      together
      ? result
      : scratch.rows(band.count, bytesPerRow: output.width * pass.kept * output.sample.byteCount)
    pass.run(
      rows: band.rows, columns: 0..<output.width, source: source.pointers, rowBase: source.firstRow,
      output: target, past: past, scratch: scratch)
    border?.finish(
      band.rows, source: source.pointers, rowBase: source.firstRow, output: target,
      element: output.sample.element, scratch: scratch)
    if !together {
      let plane = PictureFormat(
        width: output.width, height: 1, color: .gray, sample: output.sample)
      for index in 0..<band.count {
        copyChannel(
          0, of: target[index], plane, .all, to: result[index], channel: 0, output)
      }
    }
    copy(copies, from: window, to: band, [pass.vertical], [pass.horizontal])
  }
}
