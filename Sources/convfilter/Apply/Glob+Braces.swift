extension Glob {
  /// More are a mistake.
  static let mostChoices = 256

  /// The patterns that braces stand for, as in a shell: braces without a comma are characters.
  static func withoutBraces(_ text: [UInt32]) throws(Mistake) -> [[UInt32]] {
    var patterns = [text]
    var place = 0
    while place < patterns.count {
      let pattern = patterns[place]
      guard let braces = Braces(pattern) else {
        place += 1
        continue
      }
      if patterns.count + braces.choices.count > mostChoices + 1 { throw .tooManyBraces }
      var chosen: [[UInt32]] = []
      for choice in braces.choices {
        var text = Array(pattern[..<braces.opening])
        text += choice
        text += pattern[(braces.closing + 1)...]
        chosen.append(text)
      }
      patterns.replaceSubrange(place...place, with: chosen)
    }
    return patterns
  }

  /// The first braces to close that hold a comma.
  private struct Braces {
    let opening: Int
    let closing: Int
    let choices: [ArraySlice<UInt32>]

    init?(_ text: [UInt32]) {
      /// Braces that are open: where they and their choices begin.
      var open: [[Int]] = []
      var isEscaped = false
      for (place, character) in text.enumerated() {
        if isEscaped {
          isEscaped = false
          continue
        }
        switch character {
        case UInt32(ascii: "\\"): isEscaped = true
        case UInt32(ascii: "{"): open.append([place])
        case UInt32(ascii: ",") where !open.isEmpty: open[open.count - 1].append(place)
        case UInt32(ascii: "}"):
          guard let starts = open.popLast(), starts.count > 1 else { continue }
          opening = starts[0]
          closing = place
          let ends = starts.dropFirst() + [place]
          choices = zip(starts, ends).map { start, end in text[(start + 1)..<end] }
          return
        default: break
        }
      }
      return nil
    }
  }
}
