extension Extremum {
  /// Two output rows at a time, along as much of them as stays in the second cache until the next two.
  func pairs<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ lines: Lines,
    _ extreme: Kernels<Sample>
  ) {
    func samples(_ row: Int, _ start: Int) -> UnsafePointer<Sample> {
      input[min(row, rows + windowRows - 2)].assumingMemoryBound(to: Sample.self) + start
    }
    let first = lines.suffix(0).assumingMemoryBound(to: Sample.self)
    let second = lines.result.assumingMemoryBound(to: Sample.self)
    // Strips end where lines of memory do, as far as rows of the output are aligned alike.
    let lead = rows > 0 ? Int(UInt(bitPattern: output[0]) & 63) / self.input.byteCount : 0
    for wide in stride(from: 0, to: width, by: wideStrip) {
      let end = min(wide + wideStrip, width)
      for row in stride(from: 0, to: rows, by: 2) {
        var start = wide
        while start < end {
          let next = min(end, (start + lead) / strip * strip + strip - lead)
          let count = next - start
          func finish(_ extremes: UnsafeMutablePointer<Sample>, _ row: Int) {
            rowPass(
              UnsafePointer(extremes), count, lines,
              output[row].assumingMemoryBound(to: Sample.self) + start, extreme,
              ahead: samples(row + windowRows + 1, start))
          }
          if row + 1 < rows {
            for line in 0...windowRows { extreme.list[line] = samples(row + line, start) }
            extreme.pair(extreme.list, windowRows, first, second, count + reachSamples)
            finish(first, row)
            finish(second, row + 1)
          } else {
            extreme(windowRows, first, count + reachSamples) { samples(row + $0, start) }
            finish(first, row)
          }
          start = next
        }
      }
    }
  }

  /// Extremes down the columns for a run of output rows that share input row `windowRows − 1`.
  func columnRun<Sample>(
    _ input: (Int) -> UnsafePointer<Sample>, _ count: Int, _ rows: Int, _ lines: Lines,
    _ extreme: Kernels<Sample>, each: (Int, UnsafePointer<Sample>) -> Void
  ) {
    func line(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Sample> {
      raw.assumingMemoryBound(to: Sample.self)
    }
    // Suffixes: from each window's first row to the shared row, the shortest first.
    var above = input(windowRows - 1)
    var next = windowRows - 2
    var turn = 0
    for row in stride(from: rows - 1, through: 0, by: -1) {
      let first = row * rowStride
      let target = line(lines.suffix(row))
      // All rows that came since the window before, some at a time.
      while next >= first {
        let taken = min(Self.mostSources - 1, next - first + 1)
        let isLast = next - taken < first
        let out = isLast ? target : line(lines.prefix(turn))
        turn = 1 - turn
        extreme(taken + 1, out, count) { $0 == 0 ? above : input(next + 1 - $0) }
        above = UnsafePointer(out)
        next -= taken
      }
      // The window starts at the shared row.
      if above != UnsafePointer(target) {
        target.update(from: above, count: count)
        above = UnsafePointer(target)
      }
    }
    each(0, UnsafePointer(line(lines.suffix(0))))
    // Prefixes: the rows below the shared one, as windows move down.
    let (below, result) = (line(lines.prefix(0)), line(lines.result))
    for row in 1..<max(rows, 1) {
      for added in (row - 1) * rowStride..<row * rowStride {
        let isLast = added == row * rowStride - 1
        let samples = input(windowRows + added)
        if added == 0 { below.update(from: samples, count: count) }
        if isLast {
          extreme.step(below, samples, line(lines.suffix(row)), result, count)
        } else {
          extreme.step(below, samples, samples, result, count)
        }
      }
      each(row, UnsafePointer(result))
    }
  }

  func rowPass<Sample>(
    _ extremes: UnsafePointer<Sample>, _ count: Int, _ lines: Lines,
    _ out: UnsafeMutablePointer<Sample>, _ extreme: Kernels<Sample>, ahead: UnsafePointer<Sample>
  ) {
    var windows = extremes
    var length = 1
    var rest = count + reachSamples
    var turn = 0
    while columns > Self.mostSources * length {
      rest -= 3 * length * sampleStep
      let target = lines.longer(turn).assumingMemoryBound(to: Sample.self)
      extreme(4, target, rest) { windows + $0 * length * sampleStep }
      windows = UnsafePointer(target)
      turn = 1 - turn
      length *= 4
    }
    let sources = (columns + length - 1) / length
    extreme(sources, ahead: ahead, past: extreme.past, out, count) {
      windows + min($0 * length, columns - length) * sampleStep
    }
  }
}
