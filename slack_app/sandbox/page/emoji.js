// Which sign stands for an emoji's name; the ones that business messages use.

const SIGNS = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|rotating_light 🚨|bell 🔔|no_bell 🔕
alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|zzz 💤|sleeping 😴|crescent_moon 🌙|sunny ☀️|sunrise 🌅
eyes 👀|eye 👁️|tada 🎉|sparkles ✨|star ⭐|fire 🔥|boom 💥|bulb 💡|dart 🎯|trophy 🏆|rocket 🚀|gift 🎁|medal 🏅
link 🔗|pencil2 ✏️|pencil 📝|memo 📝|clipboard 📋|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|calendar 📅|date 📅|spiral_calendar_pad 🗓️
telephone_receiver 📞|phone ☎️|telephone ☎️|iphone 📱|email 📧|e-mail 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|mailbox 📫|package 📦
bust_in_silhouette 👤|busts_in_silhouette 👥|office 🏢|factory 🏭|house 🏠|school 🏫|hospital 🏥|handshake 🤝|necktie 👔|briefcase 💼|moneybag 💰|yen 💴
mag 🔍|mag_right 🔎|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|robot_face 🤖|computer 💻|desktop_computer 🖥️
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|rewind ⏪|fast_forward ⏩
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|small_blue_diamond 🔹|small_orange_diamond 🔸|small_red_triangle 🔺|small_red_triangle_down 🔻
question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕|bangbang ‼️|information_source ℹ️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|construction 🚧|recycle ♻️|new 🆕|ok 🆗|sos 🆘
thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|clap 👏|raised_hands 🙌|pray 🙏|bow 🙇|muscle 💪|wave 👋|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|hand ✋|raised_hand ✋|v ✌️|writing_hand ✍️
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|blush 😊|relieved 😌|thinking_face 🤔|sweat_smile 😅|sob 😭|cry 😢|joy 😂|neutral_face 😐|disappointed 😞|sunglasses 😎|partying_face 🥳
heart ❤️|yellow_heart 💛|green_heart 💚|blue_heart 💙|100 💯|speech_balloon 💬|thought_balloon 💭|loudspeaker 📢|mega 📣|pushpin 📌|round_pushpin 📍|paperclip 📎|bookmark 🔖|label 🏷️|card_index 📇|file_folder 📁|books 📚|page_facing_up 📄
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|heavy_plus_sign ➕|heavy_minus_sign ➖|coffee ☕|tea 🍵|seedling 🌱|herb 🌿|cherry_blossom 🌸|maple_leaf 🍁|snowflake ❄️|umbrella ☔|rainbow 🌈|walking 🚶|runner 🏃|footprints 👣|lantern 🏮|izakaya_lantern 🏮|flag-jp 🇯🇵|jp 🇯🇵|us 🇺🇸|gb 🇬🇧|checkered_flag 🏁|triangular_flag_on_post 🚩
`;

const BY_NAME = new Map(
  SIGNS.trim().split(/[|\n]/).map((pair) => {
    const space = pair.lastIndexOf(" ");
    return [pair.slice(0, space), pair.slice(space + 1)];
  }),
);

export const emojiSign = (name) => BY_NAME.get(name.split("::")[0]);
