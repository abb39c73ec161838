import Text

extension JSON {
  /// A whole number without a point, any other with the digits it needs.
  static func plain(_ value: Double) -> JSON {
    value == value.rounded() && abs(value) < 0x1p53 ? .integer(Int(value)) : .number(value)
  }

  /// Rows of numbers.
  static func rows(_ values: [Double], width: Int) -> JSON {
    .array(
      stride(from: 0, to: values.count, by: width).map { start in
        .array(values[start..<start + width].map(JSON.plain))
      })
  }
}
