import ConvNet

/// What a model says of a picture, or why it says nothing.
enum PictureAnswer {
  case guesses([Predictor.Guess])
  case failure(String)
}

extension PictureAnswer {
  /// Answers as one process tells them another, which has the same model.
  ///
  ///     1, number of guesses, (label, probability) …        0, length, text
  static func encoded(_ answers: [PictureAnswer]) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ word: UInt32) {
      withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
    }
    for answer in answers {
      switch answer {
      case .guesses(let guesses):
        add(1)
        add(UInt32(guesses.count))
        for guess in guesses {
          add(UInt32(guess.label))
          add(guess.probability.bitPattern)
        }
      case .failure(let text):
        add(0)
        add(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
      }
    }
    return bytes
  }

  /// - Parameter bytes: as `encoded` made them.
  static func decoded(_ bytes: [UInt8], classNames: [String]) -> [PictureAnswer] {
    var rest = bytes[...]
    func word() -> UInt32 {
      defer { rest = rest.dropFirst(4) }
      return rest.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    }
    var answers: [PictureAnswer] = []
    while !rest.isEmpty {
      let isAnswered = word() == 1
      let count = Int(word())
      if isAnswered {
        answers.append(
          .guesses(
            (0..<count).map { _ in
              let label = Int(word())
              return Predictor.Guess(
                label: label, name: classNames[label], probability: Float(bitPattern: word()))
            }))
      } else {
        answers.append(.failure(String(decoding: rest.prefix(count), as: UTF8.self)))
        rest = rest.dropFirst(count)
      }
    }
    return answers
  }
}
