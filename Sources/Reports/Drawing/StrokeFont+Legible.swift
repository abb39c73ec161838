extension StrokeFont {
  /// A text in letters that the font has: Cyrillic and Greek in Latin letters, other signs by their
  /// numbers in Unicode, as `[72AC]`. Pages and SVG leave texts as they are.
  package static func legible(_ text: String) -> String {
    if text.allSatisfy(contains) { return text }
    return text.reduce(into: "") { result, character in
      if contains(character) {
        result.append(character)
      } else {
        result += latin(character) ?? numbers(character)
      }
    }
  }

  /// Whether a text can be read without knowing numbers of signs.
  static func hasWords(for text: String) -> Bool {
    text.allSatisfy { contains($0) || latin($0) != nil }
  }

  private static func latin(_ character: Character) -> String? {
    if let plain = alphabets[character] { return plain }
    let lower = character.lowercased()
    guard lower.count == 1, let plain = alphabets[Character(lower)] else { return nil }
    return plain.prefix(1).uppercased() + plain.dropFirst()
  }

  private static func numbers(_ character: Character) -> String {
    "["
      + character.unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }
      .joined(separator: " ") + "]"
  }

  /// As libraries and maps write them: ISO 9 without marks, and ELOT 743.
  private static let alphabets: [Character: String] = {
    let pairs = """
      а a б b в v г g д d е e ё yo ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts \
      ч ch ш sh щ shch ъ ' ы y ь ' э e ю yu я ya і i ї yi є ye ґ g ў u ђ dj ј j љ lj њ nj ћ c џ dz \
      α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps \
      ω o ά a έ e ή i ί i ό o ύ y ώ o ϊ i ϋ y ΐ i ΰ y
      """.split(separator: " ")
    var table: [Character: String] = [:]
    for at in stride(from: 0, to: pairs.count - 1, by: 2) {
      table[Character(String(pairs[at]))] = String(pairs[at + 1])
    }
    return table
  }()
}
